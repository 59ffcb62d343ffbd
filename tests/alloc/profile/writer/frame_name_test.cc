#include "alloc/profile/writer/frame_name.h"

#include <gtest/gtest.h>

#include <string>

namespace duel::alloc::profile::writer {
namespace {

TEST(FrameName, HasNoParametersTemplateArgumentsOrResult) {
  EXPECT_EQ(short_name("_ZNSt6vectorIiSaIiEE9push_backERKi"), "std::vector::push_back");
  EXPECT_EQ(short_name("_ZN4duel3gin7Context6stringEiSt17basic_string_viewIcSt11char_traitsIcEE"),
            "duel::gin::Context::string");
  EXPECT_EQ(without_arguments("void std::__invoke_impl<void, void (*&)(int)>(std::__invoke_other, void (*&)(int))"),
            "std::__invoke_impl");
  EXPECT_EQ(without_arguments("std::vector<int> duel::make<int>(int) [clone .cold]"), "duel::make");
  EXPECT_EQ(without_arguments("duel::Map<int>::find(int) const"), "duel::Map::find");
  EXPECT_EQ(without_arguments("a::f(int) const &"), "a::f");
}

TEST(FrameName, KeepsAnonymousNamespacesAndLambdas) {
  EXPECT_EQ(without_arguments("duel::servers::(anonymous namespace)::ping(duel::gin::Context&)"),
            "duel::servers::(anonymous namespace)::ping");
  EXPECT_EQ(without_arguments("void (anonymous namespace)::f<int>(int)"), "(anonymous namespace)::f");
  EXPECT_EQ(without_arguments("main::{lambda(int)#1}::operator()(int) const"), "main::{lambda#1}::operator()");
}

TEST(FrameName, KnowsOperators) {
  EXPECT_EQ(without_arguments("operator new(unsigned long)"), "operator new");
  EXPECT_EQ(without_arguments("operator delete[](void*)"), "operator delete[]");
  EXPECT_EQ(without_arguments("bool operator< <int>(A<int> const&, A<int> const&)"), "operator<");
  EXPECT_EQ(without_arguments("A::operator->() const"), "A::operator->");
  EXPECT_EQ(without_arguments("std::ostream& operator<< <char>(std::ostream&, char)"), "operator<<");
  EXPECT_EQ(without_arguments("A::operator bool() const"), "A::operator bool");
  EXPECT_EQ(without_arguments("operators::f(int)"), "operators::f");
}

TEST(FrameName, IgnoresComparisonsInArguments) {
  EXPECT_EQ(without_arguments("f<(a > b)>::g(int)"), "f::g");
  EXPECT_EQ(without_arguments("f<(x)1, ((y)2 < 3)>()"), "f");
}

TEST(FrameName, KeepsOtherNames) {
  EXPECT_EQ(short_name("io_uring_enter"), "io_uring_enter");
  EXPECT_EQ(short_name("_Znonsense"), "_Znonsense");
  EXPECT_EQ(short_name(""), "");
  EXPECT_EQ(without_arguments("f(int"), "f(int");
  EXPECT_EQ(without_arguments("a<b<c"), "a<b<c");
  EXPECT_EQ(without_arguments("<lambda(int)>"), "<lambda(int)>");
}

TEST(FrameName, KnowsFunctionsThatAllocateForOthers) {
  for (const char* name :
       {"malloc", "calloc", "operator new", "operator new[]", "je_malloc_default", "std::string::_M_create",
        "__gnu_cxx::new_allocator::allocate", "mallocx", "do_rallocx", "xallocx", "fallback_impl"}) {
    EXPECT_TRUE(allocates_for_others(name)) << name;
  }
  for (const char* name : {"duel::beego::Tree::add", "main", "mallocator", "sqlite3MemMalloc", ""}) {
    EXPECT_FALSE(allocates_for_others(name)) << name;
  }
}

}  // namespace
}  // namespace duel::alloc::profile::writer
