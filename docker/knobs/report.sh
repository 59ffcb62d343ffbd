# The report of the knobs: one row per knob with its name, the wanted value, the value that was read back, a state and a reason.
#
#   ok       the value that was read back is the wanted one
#   differs  it is another one: nothing refused the write, or nothing was written (WRITE=0, --dry-run)
#   refused  the kernel, or the rights of this process, refused the write
#   absent   this machine has no such knob, or this container cannot see it
#   unasked  no value was asked for
#
# Sourced by docker/entrypoint and docker/host-setup. POSIX sh, because the image of the server has neither Python nor a need for it.

separator=$(printf '\001') # not white space: `read` keeps empty fields
newline='
'
results=
knob_names="vm.swappiness scheduler net.core.somaxconn irqbalance irq.affinity cpu.governor cpu.boost memory.thp \
cgroup.group cgroup.cpu cgroup.memory cgroup.io ulimit.nofile ulimit.memlock"

# report NAME WANT GOT STATE [REASON]
report() {
  results="$results$1$separator$2$separator$3$separator$4$separator${5-}$newline"
}

# Calls "$@" with the five fields of each row.
each_result() {
  while IFS=$separator read -r name want got state reason; do
    [ -z "$name" ] || "$@" "$name" "$want" "$got" "$state" "$reason"
  done <<ROWS
$results
ROWS
}

print_row() {
  printf '%-18s %-12s %-23s ' "$1" "${2:--}" "${3:--}"
  if [ -n "${5-}" ]; then printf '%-8s %s\n' "$4" "$5"; else printf '%s\n' "$4"; fi
}

print_table() {
  print_row knob want got state
  each_result print_row
}

# Most texts need no escape, and no process for it.
json_text() {
  case $1 in
    *[!\ -~]* | *[\"\\]*) printf '"%s"' "$(printf %s "$1" | tr '\001-\037\177' ' ' | sed 's/\\/\\\\/g; s/"/\\"/g')" ;;
    *) printf '"%s"' "$1" ;;
  esac
}

print_json_row() {
  printf '%s\n    {"name": ' "$comma" && json_text "$1"
  printf ', "want": ' && json_text "$2"
  printf ', "got": ' && json_text "$3"
  printf ', "state": ' && json_text "$4"
  printf ', "reason": ' && json_text "$5"
  printf '}'
  comma=,
}

# print_json PROGRAM
print_json() {
  comma=
  printf '{\n  "program": %s, "kernel": %s,\n  "knobs": [' "$(json_text "$1")" "$(json_text "$(uname -r)")"
  each_result print_json_row
  printf '\n  ]\n}\n'
}

# Sets $off to the knobs that are not as wanted, without those of $ACCEPT, as "NAME (want W, got G, STATE), ...", and $off_here to
# those of them that this machine has.
add_if_off() {
  case $4 in ok | unasked) return ;; esac
  case ",${ACCEPT-}," in *",$1,"*) return ;; esac
  off="$off${off:+, }$1 (want $2, got ${3:-nothing}, $4)"
  [ "$4" = absent ] || off_here="$off_here $1"
}

knobs_that_are_off() {
  off= off_here=
  each_result add_if_off
}

# fail STATUS SENTENCE
fail() {
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}

# require_knobs OPTION LIST: a list of names, separated by commas
require_knobs() {
  for listed in $(printf %s "$2" | tr , ' '); do
    case " $knob_names " in
      *" $listed "*) ;;
      *) fail 2 "$1: there is no knob '$listed'; the names are $knob_names" ;;
    esac
  done
}

# require_whole OPTION VALUE MINIMUM MAXIMUM; an empty value is no request
require_whole() {
  case $2 in
    '') return ;;
    *[!0-9]* | 0?* | ????????????????*) ;;
    *) [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && return ;;
  esac
  fail 2 "$1: '$2' is not a whole number from $3 to $4"
}

# require_switch OPTION VALUE
require_switch() {
  case $2 in '' | 0 | 1) ;; *) fail 2 "$1: '$2' is neither 0 nor 1" ;; esac
}

# require_cpus OPTION VALUE: the format of taskset
require_cpus() {
  for range in $(printf %s "$2" | tr , ' '); do
    case $range in
      *[!0-9-]* | -* | *- | *-*-* | *[0-9][0-9][0-9][0-9][0-9]*) fail 2 "$1: '$2' is not a list of CPUs; use the format of taskset, such as 0,2-4" ;;
    esac
    [ "${range%-*}" -le "${range#*-}" ] || fail 2 "$1: '$2' has the range $range, which ends before it begins"
  done
  case $2 in *[!0-9,-]* | ,* | *, | *,,*) fail 2 "$1: '$2' is not a list of CPUs; use the format of taskset, such as 0,2-4" ;; esac
}

# require_io OPTION VALUE: one device with its limits, as in the file io.max of cgroups(7)
require_io() {
  [ -n "$2" ] || return 0
  device=${2%% *} count=0
  case $device in
    *[!0-9:]* | :* | *: | *:*:*) device= ;;
    *:*) ;;
    *) device= ;;
  esac
  for limit in ${2#"$device"}; do
    count=$((count + 1))
    case $limit in
      [rw]bps=[1-9]* | [rw]iops=[1-9]*) case ${limit#*=} in *[!0-9]*) device= ;; esac ;;
      *) device= ;;
    esac
  done
  [ -n "$device" ] && [ $count -gt 0 ] ||
    fail 2 "$1: '$2' is no limit of a device; write its number, then rbps=, wbps= (bytes/s), riops= or wiops= (requests/s), such as '8:0 wbps=1048576'"
}
