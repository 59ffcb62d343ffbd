// jemalloc reads this variable before main(), like the environment variable MALLOC_CONF.
extern "C" {
extern const char* malloc_conf;  // NOLINT(readability-redundant-declaration): not in every version's header
const char* malloc_conf = "prof:true,prof_active:false,prof_accum:true";
}
