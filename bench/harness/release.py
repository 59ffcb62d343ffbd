"""The release build of this checkout."""

from harness import originals
from harness.environment import ROOT
from harness.errors import HarnessError

FOLDER = ROOT / "build" / "release"


def build(program, targets, say):
    """Builds the targets for the harness's program of this name. Raises HarnessError if that fails."""
    log = ROOT / "build" / f"{program.replace('/', '-')}.log"
    log.parent.mkdir(exist_ok=True)
    say(f"{program}: building release (log: {log.relative_to(ROOT)}; the first build takes several minutes)")
    for arguments in (["--preset", "release"], ["--build", "--preset", "release", "--target", *targets]):
        if originals.run(["env", f"--chdir={ROOT}", "cmake", *arguments], log) != 0:
            raise HarnessError(f"the build failed; the reason is in {log.relative_to(ROOT)}")
