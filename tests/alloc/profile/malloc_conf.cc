// jemalloc reads this variable of a program before main(), as it does MALLOC_CONF.
extern "C" {
extern const char* malloc_conf;  // NOLINT(readability-redundant-declaration): not in every version's header
const char* malloc_conf = "prof:true,prof_active:false,prof_accum:true";
}
