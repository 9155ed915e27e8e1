"""The pytest plugin of `make mutants`: it changes one function in memory, and runs the tests that reach it in a fork.

We use mutmut only to change lines, because its runner copies the sources and starts pytest for each of thousands of
changes. This plugin collects the tests once. For each change a fork runs the tests that call the function, the quickest
first, until one fails. For most changes this takes milliseconds.
"""

from __future__ import annotations
import __future__

import ast
import difflib
import importlib
import inspect
import json
import os
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, groupby
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import libcst
import pytest
from _pytest.runner import runtestprotocol
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import get_ignored_lines
from mutmut.mutation.trampoline_templates import mangle_function_name

ROOT: Final = Path(__file__).parents[1]
PATTERN: Final = "MUTANTS_PATTERN"
"""The environment variable with a regular expression for the names of the mutants to try."""
FILES: Final = "MUTANTS_FILES"
"""The environment variable with the files to change: paths below the root, separated by spaces."""
RESULTS: Final = "MUTANTS_RESULTS"
"""The environment variable with the results file. It gets a line of JSON for each mutant: `Mutant` without its source,
and its *status*."""
CPU_SECONDS: Final = 30
"""The CPU time of a mutant, in addition to three times that of its tests. A mutant that needs more loops forever."""
_SURVIVED, _KILLED, _UNTRIED = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Function:
    """The place of a function: its module, its class ("" for none) and its name."""

    module: str
    of_class: str
    name: str

    @property
    def mangled(self) -> str:
        """The function's name in mutmut's form."""
        return f"{self.module}.{mangle_function_name(name=self.name, class_name=self.of_class or None)}"

    def load(self) -> FunctionType:
        """Import the function, without the decorators of a method (`staticmethod` and the like)."""
        module = importlib.import_module(self.module)
        if not self.of_class:
            found = getattr(module, self.name)
        else:
            found = inspect.getattr_static(getattr(module, self.of_class), self.name)
        function = getattr(found, "__func__", found)
        if not isinstance(function, FunctionType):
            raise TypeError(f"{self.mangled} is no function but {function!r}.")
        return function


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one function: the lines that it removes and adds, and the module's source with the change."""

    name: str
    function: Function
    before: str
    after: str
    source: str

    def plant(self) -> None:
        """Replace the function's code in memory by the changed code, permanently."""
        body: Sequence[ast.stmt] = ast.parse(self.source).body
        if self.function.of_class:
            body = next(
                node.body
                for node in body
                if isinstance(node, ast.ClassDef) and node.name == self.function.of_class
            )
        definition = next(
            node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == self.function.name
        )
        definition.decorator_list = []
        flags = __future__.annotations.compiler_flag
        code = compile(ast.Module([definition], []), self.name, "exec", flags=flags, dont_inherit=True)
        function, made = self.function.load(), dict[str, Any]()
        exec(code, function.__globals__, made)  # noqa: S102 - our own source
        changed = made[self.function.name]
        function.__code__ = changed.__code__
        function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__


def list_mutants(path: str) -> Iterator[Mutant]:
    """Yield mutmut's mutants of the file at *path* below the root."""
    text = (ROOT / path).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(libcst.parse_module(text))
    visitor = MutationVisitor(mutation_operators, get_ignored_lines(path, text, wrapper), None)
    wrapper.visit(visitor)
    places = wrapper.resolve(WhitespaceInclusivePositionProvider)
    functions = dict(
        _functions(wrapper.module, path.removeprefix("src/").removesuffix(".py").replace("/", "."))
    )
    inside = [each for each in visitor.mutations if each.contained_by_top_level_function in functions]
    for node, mutations in groupby(inside, lambda each: each.contained_by_top_level_function):
        if node is None:
            continue
        for number, mutation in zip(count(1), mutations, strict=False):
            source = _change(text, wrapper.module, mutation, places)
            before, after = _differ(text, source)
            name = f"{functions[node].mangled}__mutmut_{number}"
            yield Mutant(name, functions[node], before, after, source)


def _functions(module: libcst.Module, name: str) -> Iterator[tuple[libcst.FunctionDef, Function]]:
    for statement in module.body:
        if isinstance(statement, libcst.FunctionDef):
            yield statement, Function(name, "", statement.name.value)
        elif isinstance(statement, libcst.ClassDef):
            for inner in statement.body.body:
                if isinstance(inner, libcst.FunctionDef):
                    yield inner, Function(name, statement.name.value, inner.name.value)


def _change(text: str, module: libcst.Module, mutation: Mutation, places: Any) -> str:  # noqa: ANN401 - libcst's own
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    old, new = mutation.original_node, mutation.mutated_node
    if isinstance(old, libcst.Match) and isinstance(new, libcst.Match):
        # This mutation removes a case. libcst would write the other cases without their indent, so we cut it out.
        kept = {id(case) for case in new.cases}
        place = places[next(case for case in old.cases if id(case) not in kept)]
        return text[: starts[place.start.line - 1]] + text[starts[place.end.line - (place.end.column == 0)] :]
    place = places[old]
    start = starts[place.start.line - 1] + place.start.column
    end = starts[place.end.line - 1] + place.end.column
    return text[:start] + module.code_for_node(new) + text[end:]


def _differ(old: str, new: str) -> tuple[str, str]:
    """Return the removed and the added lines without their indents, as `mutmut show` shows them."""
    lines = [[line.strip() for line in text.splitlines()] for text in (old, new)]
    difference = difflib.unified_diff(lines[0], lines[1], lineterm="", n=0)
    changes = [line for line in difference if not line.startswith(("---", "+++"))]
    before, after = (" ".join(line[1:] for line in changes if line[0] == sign) for sign in "-+")
    return before, after


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try each mutant on the tests that reach it, and write its result."""
    wanted = re.compile(os.environ[PATTERN])
    listed = [each for path in os.environ[FILES].split() for each in list_mutants(path)]
    mutants = [each for each in listed if wanted.search(each.name)]
    reached = find_tests(session.items, {each.function for each in mutants})
    with Path(os.environ[RESULTS]).open("w", encoding="utf-8") as results:
        for mutant in mutants:
            status = try_mutant(mutant, reached.get(mutant.function, []))
            record = {**asdict(mutant), "function": mutant.function.mangled, "status": status}
            del record["source"]
            print(json.dumps(record), file=results, flush=True)
    return True


Reached = dict[Function, list[tuple[float, pytest.Item]]]


def find_tests(items: Sequence[pytest.Item], functions: Iterable[Function]) -> Reached:
    """Run all tests once in a fork. Return the tests that reach each function with their times, quickest first."""
    known = list(functions)
    codes = {function.load().__code__: number for number, function in enumerate(known)}
    ours, theirs = os.pipe()
    if os.fork() == 0:
        _be_quiet()
        runs = [_watch(item, codes) for item in items]
        with os.fdopen(theirs, "w", encoding="utf-8") as pipe:
            json.dump(runs, pipe)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as pipe:
        runs = json.load(pipe)
    os.wait()
    if failed := [item.nodeid for item, (passed, _, _) in zip(items, runs, strict=True) if not passed]:
        raise pytest.UsageError(f"These fail without any change: {', '.join(failed)}")
    reached: Reached = {function: [] for function in known}
    for item, (_, seconds, hits) in zip(items, runs, strict=True):
        for number in hits:
            reached[known[number]].append((seconds, item))
    return {function: sorted(tests, key=lambda each: each[0]) for function, tests in reached.items()}


def _watch(item: pytest.Item, codes: dict[CodeType, int]) -> tuple[bool, float, list[int]]:
    hits: set[int] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (number := codes.get(frame.f_code)) is not None:
            hits.add(number)

    began = time.process_time()
    threading.setprofile(note)
    sys.setprofile(note)
    passed = _passes(item)
    sys.setprofile(None)
    threading.setprofile(None)
    return passed, time.process_time() - began, sorted(hits)


def try_mutant(mutant: Mutant, tests: Sequence[tuple[float, pytest.Item]]) -> str:
    """Run *tests* with the change in a fork, until one fails. Return the mutant's status in mutmut's words."""
    if not tests:
        return "no tests"
    pid = os.fork()
    if pid == 0:
        _be_quiet()
        seconds = CPU_SECONDS + round(3 * sum(needed for needed, _ in tests))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        signal.alarm(2 * seconds)  # a mutant that waits forever uses no CPU
        try:
            mutant.plant()
        except Exception:  # noqa: BLE001 - a mutant that cannot be tried counts as alive
            os._exit(_UNTRIED)
        try:
            os._exit(_SURVIVED if all(_passes(item) for _, item in tests) else _KILLED)
        except BaseException:  # noqa: BLE001 - only the change can be the cause of any error here
            os._exit(_KILLED)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {_SURVIVED: "survived", _KILLED: "killed"}.get(code, "timeout" if code < 0 else "suspicious")


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, nextitem=None, log=False))


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
