"""Tests each rule of layout.py with a source tree that breaks it."""

import pathlib
import tempfile
import unittest

import layout

ROOMS = {
    "alloc": {"namespace": "duel::alloc", "knows": []},
    "http": {"namespace": "duel::http", "knows": ["alloc"]},
    "http/core": {"namespace": "duel::http::core", "knows": ["alloc", "http"]},
    "router/gin": {"namespace": "duel::gin", "knows": ["http"]},
    "router/beego": {"namespace": "duel::beego", "knows": ["http"]},
}


class House(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text=""):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


class Arrows(House):
    def faults(self):
        return layout.arrow_faults(self.root, ROOMS)

    def test_downward_and_foreign_includes_pass(self):
        self.write("alloc/counters.h", "#include <cstdint>\n")
        self.write("http/request.h", '#include <llhttp.h>\n#include "alloc/counters.h"\n')
        self.write("router/gin/context.cc", '# include "http/request.h"\n')
        self.assertEqual(self.faults(), [])

    def test_upward_include_is_found(self):
        self.write("router/gin/context.h")
        self.write("http/core/worker.cc", '  #  include "router/gin/context.h"\n')
        self.assertEqual(
            self.faults(), ["http/core/worker.cc: #include router/gin/context.h: http/core must not know router/gin"])

    def test_private_room_is_closed(self):
        self.write("http/core/ring.h")
        self.write("router/gin/context.cc", '#include "http/core/ring.h"\n')
        self.assertEqual(
            self.faults(), ["router/gin/context.cc: #include http/core/ring.h: router/gin must not know http/core"])

    def test_public_room_does_not_know_its_private_one(self):
        self.write("http/core/ring.h")
        self.write("http/server.cc", '#include "http/core/ring.h"\n')
        self.assertEqual(len(self.faults()), 1)

    def test_angle_brackets_are_no_back_door(self):
        self.write("http/request.h")
        self.write("alloc/pool.h", "#include <http/request.h>\n")
        self.assertEqual(len(self.faults()), 1)

    def test_routers_do_not_know_each_other(self):
        self.write("router/beego/tree.h")
        self.write("router/gin/trie.h", '#include "router/beego/tree.h"\n')
        self.write("router/gin/arena.h", '#include "router/gin/../beego/tree.h"\n')
        self.assertEqual(len(self.faults()), 2)

    def test_include_without_room_or_file_is_found(self):
        self.write("http/parser.cc", '#include "parser.h"\n#include "http/gone.h"\n')
        self.assertEqual(len(self.faults()), 2)

    def test_file_outside_of_every_room_is_found(self):
        self.write("http/extra/parser.cc")
        self.assertEqual(
            self.faults(), ["http/extra/parser.cc: http/extra is no room: add it to tests/layout/rooms.toml"])

    def test_arrow_that_nothing_uses_is_found(self):
        self.write("alloc/pool.h")
        self.write("http/request.h", '#include "alloc/pool.h"\n')
        rooms = {"alloc": {"knows": []}, "http": {"knows": ["alloc"]}, "http/core": {"knows": ["http"]}}
        self.assertEqual(layout.unused_faults(self.root, rooms),
                         ["rooms.toml: http/core knows http, but no file of it includes one of http"])

    def test_circle_in_the_table_is_found(self):
        rooms = {"a": {"knows": ["b"]}, "b": {"knows": ["a"]}}
        self.assertEqual(layout.circle_faults(rooms), ["rooms.toml: a knows b, which must stand before it"])


class Namespaces(House):
    def faults(self):
        return layout.namespace_faults(self.root, ROOMS)

    def test_own_namespace_details_and_forward_declarations_pass(self):
        self.write("http/core/ring.h", """
            namespace duel::http { class Server; template <class T> struct Later; }
            namespace duel::http::core { namespace detail { int f() { return 1; } } class Ring { int a; }; }""")
        self.assertEqual(self.faults(), [])

    def test_another_rooms_namespace_is_found(self):
        self.write("http/core/ring.h", "namespace duel::http { class Ring { int a; }; }")
        self.assertEqual(
            self.faults(), ["http/core/ring.h: opens duel::http; the namespace of its room is duel::http::core"])

    def test_source_of_a_public_header_opens_its_namespace(self):
        self.write("http/server.h")
        self.write("http/core/server.cc", "namespace duel::http { void serve() {} }")
        self.assertEqual(self.faults(), [])

    def test_specialisation_of_the_standard_library_passes(self):
        self.write("http/method.h", "template <> struct std::hash<int> { int a; };")
        self.assertEqual(self.faults(), [])


class DeadFiles(House):
    def faults(self):
        return layout.dead_faults(self.root)

    def test_header_that_only_its_own_source_includes_is_found(self):
        self.write("alloc/CMakeLists.txt", "add_library(a seal.cc)")
        self.write("alloc/seal.h")
        self.write("alloc/seal.cc", '#include "alloc/seal.h"\n')
        self.write("tests/alloc/seal_test.cc", '#include "alloc/seal.h"\n')
        self.assertEqual(self.faults(), ["alloc/seal.h: no file outside of tests includes it"])

    def test_source_that_nobody_builds_is_found(self):
        self.write("http/CMakeLists.txt", "add_library(a core/ring.cc not_gone.cc)")
        self.write("http/core/ring.cc")
        self.write("http/gone.cc")
        self.assertEqual(self.faults(), ["http/gone.cc: no CMakeLists.txt builds it"])

    def test_header_for_users_is_alive_where_a_page_names_it(self):
        self.write("router/gin/middleware/cors.h")
        self.write("router/gin/middleware/gzip.h")
        self.write("router/gin/README.md", '    #include "router/gin/middleware/cors.h"  // gzip.h\n')
        self.assertEqual(self.faults(), [])


class Doubles(House):
    def faults(self):
        return layout.double_faults(self.root)

    def test_one_name_with_two_types_is_found(self):
        self.write("servers/demo.h", "namespace duel::servers { inline constexpr int kNotImplemented = 501; }")
        self.write("servers/text.h", 'namespace duel { namespace servers { constexpr std::string_view kNotImplemented{"no"}; } }')
        self.assertEqual(
            self.faults(), ["duel::servers::kNotImplemented is defined in servers/demo.h and in servers/text.h"])

    def test_classes_templates_and_functions_are_found(self):
        for file in ("a.h", "b.h"):
            self.write(f"http/{file}", """
                namespace duel::http {
                struct [[nodiscard]] Phase { int a = 0; };
                enum class Kind : int { kOne };
                template <class T> concept Text = true;
                inline int twice(int a) { return 2 * a; }
                using Name = int;
                }""")
        self.assertEqual({fault.split()[0].rsplit("::")[-1] for fault in self.faults()},
                         {"Phase", "Kind", "Text", "twice(", "Name"})

    def test_overloads_declarations_and_what_is_private_to_a_file_pass(self):
        self.write("http/a.h", """
            namespace duel::http {
            class Request;
            void put(int);
            inline void put(int a, int b) { put(a + b); }
            constexpr char kText[] = "namespace duel::http { struct Twice { int a; }; }";  // struct Twice { }
            }""")
        self.write("http/b.cc", """
            namespace duel::http {
            class Request { int a; };
            struct Twice { int a; };
            void put(int a) { a = 1; }
            namespace { int hidden = 1; }
            }""")
        self.write("http/c.cc", "namespace duel::http { namespace { int hidden = 2; } }")
        self.assertEqual(self.faults(), [])


if __name__ == "__main__":
    unittest.main()
