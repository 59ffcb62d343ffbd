"""How the programs of the harness end."""

import contextlib
import errno
import io
import os
import pathlib
import signal
import unittest
import unittest.mock

from harness import __main__ as compare, program
from harness.errors import HarnessError


class ExitStatus(unittest.TestCase):
    def end(self, error=None):
        """The exit status of a program whose work raises `error`, and what it printed."""
        work = unittest.mock.Mock(side_effect=error, return_value=7)
        printed = io.StringIO()
        with unittest.mock.patch.object(program, "processes") as processes, contextlib.redirect_stderr(printed):
            status = program.exit_status("bench/x", work, "interrupted, nothing runs")
        processes.handle_interrupts.assert_called_once_with()
        return status, printed.getvalue(), processes.stop_all.called

    def test_is_that_of_the_work(self):
        self.assertEqual(self.end(), (7, "", False))

    def test_of_an_error_is_one_with_a_sentence(self):
        self.assertEqual(self.end(HarnessError("no wrk; install it")), (1, "bench/x: no wrk; install it\n", False))
        self.assertEqual(self.end(OSError(errno.ENOSPC, "No space left on device", "/x")), (1, "bench/x: /x: No space left on device\n", False))

    def test_of_an_interrupt_is_130_when_the_children_are_stopped(self):
        self.assertEqual(self.end(KeyboardInterrupt()), (130, "\nbench/x: interrupted, nothing runs\n", True))


    def test_a_shown_line_ends_before_a_message_and_the_message_is_of_that_moment(self):
        for error, said in ((HarnessError("x"), "(end)bench/x: x\n"), (KeyboardInterrupt(), "(end)\nbench/x: 2 runs\n")):
            printed = io.StringIO()
            with unittest.mock.patch.object(program, "processes"), contextlib.redirect_stderr(printed):
                program.exit_status("bench/x", unittest.mock.Mock(side_effect=error), lambda: "2 runs", lambda: printed.write("(end)"))
            self.assertEqual(printed.getvalue(), said)

    def test_an_interrupt_of_the_comparison_while_its_options_are_checked_is_no_traceback(self):
        with contextlib.ExitStack() as restored, contextlib.redirect_stderr(io.StringIO()) as printed:
            for number in (signal.SIGINT, signal.SIGTERM):
                restored.callback(signal.signal, number, signal.getsignal(number))
            restored.enter_context(unittest.mock.patch.object(compare, "parse_arguments", lambda _: os.kill(os.getpid(), signal.SIGINT)))
            self.assertEqual(compare.main(), 130)
        self.assertRegex(printed.getvalue(), r"\A\nbench/compare: interrupted, [^\n]+\n\Z")


class Put(unittest.TestCase):
    def test_without_a_file_prints_the_text(self):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            program.put("text\n", None)
        self.assertEqual(printed.getvalue(), "text\n")

    def test_writes_the_file_and_names_it(self):
        printed = io.StringIO()
        file = unittest.mock.Mock(spec=pathlib.Path)
        file.relative_to.return_value = "docs/x.md"
        with contextlib.redirect_stdout(printed):
            program.put("text\n", file)
        file.write_text.assert_called_once_with("text\n", encoding="utf-8")
        self.assertEqual(printed.getvalue(), "written: docs/x.md\n")


if __name__ == "__main__":
    unittest.main()
