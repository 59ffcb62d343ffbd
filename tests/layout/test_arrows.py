import pathlib
import tempfile
import unittest

import arrows


class Arrows(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def test_downward_and_foreign_includes_pass(self):
        self.write("alloc/counters.h", "#include <cstdint>\n")
        self.write("http/request.h", '#include <llhttp.h>\n#include "alloc/counters.h"\n')
        self.write("router/gin/context.cc", '#include "http/request.h"\n')
        self.write("servers/main.cc", '# include "router/gin/context.cc"\n#include "http/request.h"\n')
        self.assertEqual(arrows.faults(self.root), [])

    def test_upward_include_is_found(self):
        self.write("router/gin/context.h", "")
        self.write("http/worker.cc", '  #  include "router/gin/context.h"\n')
        self.assertEqual(
            arrows.faults(self.root),
            ["http/worker.cc: #include router/gin/context.h: http must not know router/gin"])

    def test_angle_brackets_are_no_back_door(self):
        self.write("http/request.h", "")
        self.write("alloc/pool.h", "#include <http/request.h>\n")
        self.assertEqual(len(arrows.faults(self.root)), 1)

    def test_routers_do_not_know_each_other(self):
        self.write("router/beego/tree.h", "")
        self.write("router/gin/trie.h", '#include "router/beego/tree.h"\n')
        self.write("router/gin/arena.h", '#include "router/gin/../beego/tree.h"\n')
        self.assertEqual(len(arrows.faults(self.root)), 2)

    def test_include_without_room_or_file_is_found(self):
        self.write("http/parser.cc", '#include "parser.h"\n#include "http/gone.h"\n')
        self.assertEqual(len(arrows.faults(self.root)), 2)


if __name__ == "__main__":
    unittest.main()
