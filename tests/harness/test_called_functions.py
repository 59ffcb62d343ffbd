"""Tests of harness/called_functions.py and harness/breakpoints.py: the linker's map and addresses become a script; calls are found."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest

from harness import breakpoints, called_functions

MAP = """\
 .text.gone     0x0000000000000000       0x10 libduel_http.a(worker.cc.o)
 .text._ZN4duel5serveEv
                0x0000000000001000       0x40 libduel_http.a(worker.cc.o)
                0x0000000000001000                duel::serve()
 .text.startup.main
                0x0000000000001040       0x20 servers/main.cc.o
 .text.evex     0x0000000000001080       0x80 /usr/lib/libc.a(strlen-evex.o)
 *fill*         0x0000000000001100       0x10
 .text          0x0000000000001110       0xf0 /usr/lib/libc.a(printf.o)
 .text          0x0000000000001200       0x10 /usr/lib/crt1.o
"""
FUNCTIONS = {"_ZN4duel5serveEv", "main", "printf", "strlen", "_start"}
C = """
#include <stdio.h>
__attribute__((noinline)) void early(void) { puts("ready"); fflush(stdout); }
__attribute__((noinline)) void late(void) { puts("late"); __asm__("a_label:"); }
__attribute__((noinline)) void never(void) { puts("never"); }
int main(int count, char** words) { early(); if (getchar() == 'x') late(); if (count > 1) never(); early(); return getchar() == 'x'; }
"""


class Script(unittest.TestCase):
    def setUp(self):
        self.sections = called_functions.sections_of(MAP)

    def patterns(self, *addresses):
        return called_functions.patterns(addresses, self.sections, FUNCTIONS)

    def test_sections_are_those_of_the_program(self):
        self.assertEqual([section[:3] for section in self.sections], [
            (0x1000, 0x40, ".text._ZN4duel5serveEv"), (0x1040, 0x20, ".text.startup.main"), (0x1080, 0x80, ".text.evex"),
            (0x1110, 0xf0, ".text"), (0x1200, 0x10, ".text")])

    def test_a_section_of_one_function_has_its_name_and_others_have_their_file(self):
        self.assertEqual(self.patterns(0x1110, 0x1000, 0x103f, 0x1050, 0x1090),
                         ["*libc.a:printf.o(.text)", "*(.text._ZN4duel5serveEv)", "*(.text.startup.main)", "*libc.a:strlen-evex.o(.text.evex)"])

    def test_what_is_in_no_section_or_in_no_library_is_left_out(self):
        self.assertEqual(self.patterns(0x0, 0x1104, 0x1200, 0x5000), [])

    def test_a_section_belongs_to_the_first_group(self):
        text = called_functions.script([("first", ["*(.text.a)"]), ("second", ["*(.text.a)", "*(.text.b)"])])
        self.assertEqual(text.splitlines()[5:9], ["    /* first */", "    *(.text.a)", "    /* second */", "    *(.text.b)"])


@unittest.skipUnless(shutil.which("cc"), "there is no C compiler")
class Calls(unittest.TestCase):
    def test_are_found_before_and_after_a_moment(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "program"
            subprocess.run(["cc", "-O1", "-x", "c", "-", "-o", program], input=C, text=True, check=True)
            names = breakpoints.functions_of(program)
            parts = []
            tracer = breakpoints.Tracer([str(program)])

            def drive():
                with open(tracer.output, encoding="utf-8") as output:
                    output.readline()
                    parts.append({names[address] for address in tracer.take()})
                    os.write(tracer.input, b"x")
                    output.readline()
                    output.readline()
                    parts.append({names[address] for address in tracer.take()})
                os.close(tracer.input)

            driver = threading.Thread(target=drive)
            driver.start()
            tracer.run()
            driver.join()
        self.assertNotIn("a_label", names.values())  # a breakpoint belongs only where a function begins
        self.assertEqual([part & {"main", "early", "late", "never"} for part in parts], [{"main", "early"}, {"early", "late"}])


if __name__ == "__main__":
    unittest.main()
