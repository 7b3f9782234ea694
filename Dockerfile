# One image for the app and the worker: the wheel of this checkout, and what it needs by hash.
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY requirements requirements
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements/build.txt
COPY . .
RUN python -m hatchling build --target wheel --directory /wheel

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/daywork daywork
COPY requirements/run.txt /install/run.txt
RUN pip install --no-cache-dir --require-hashes --no-deps -r /install/run.txt
COPY --from=build /wheel /install/wheel
RUN pip install --no-cache-dir --no-deps /install/wheel/*.whl && rm -r /install
USER daywork
ENV DAYWORK_HOME=/var/lib/daywork
EXPOSE 8000
HEALTHCHECK --start-period=20s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready')"]
CMD ["daywork", "serve"]
