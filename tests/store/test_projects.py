"""Projects and tasks of one organisation."""

from datetime import datetime
from uuid import UUID

from daywork.core.ids import ProjectId, TaskId
from daywork.core.project import Project, Task
from daywork.store.database import Database
from support.told_devices import COMPANY, OTHER_COMPANY, add_company

ROOF = Project(
    COMPANY,
    ProjectId(UUID(int=1)),
    "Roof",
    is_billable=False,
    tasks=(Task(TaskId(UUID(int=2)), "Gutter"), Task(TaskId(UUID(int=3)), "Tiles")),
)


async def test_a_project_is_found_with_its_tasks_and_by_its_company_alone(
    database: Database, now: datetime
) -> None:
    await add_company(database, now)
    await add_company(database, now, OTHER_COMPANY)
    await database.write(lambda unit: unit.projects.add(ROOF))

    assert await database.read(lambda unit: unit.projects.all(COMPANY)) == [ROOF]
    assert await database.read(lambda unit: unit.projects.all(OTHER_COMPANY)) == []


async def test_a_project_is_closed_and_gets_a_task(database: Database, now: datetime) -> None:
    await add_company(database, now)
    await database.write(lambda unit: unit.projects.add(ROOF))
    task = Task(TaskId(UUID(int=4)), "Chimney")
    await database.write(lambda unit: unit.projects.add_task(COMPANY, ROOF.id, task))
    await database.write(lambda unit: unit.projects.close(COMPANY, ROOF.id))

    (found,) = await database.read(lambda unit: unit.projects.all(COMPANY))
    assert found.is_closed
    assert [one.name for one in found.tasks] == ["Chimney", "Gutter", "Tiles"]
