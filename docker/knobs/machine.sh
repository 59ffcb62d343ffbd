# The knobs of the machine and of this process. Each is read, written if it differs, and read back.
#
# ROOT is "" or, in tests, a folder with proc/ and sys/. WRITE=0 writes nothing. remember() is called before each write; docker/host-setup
# replaces it with a function that notes the old value.

# The values of chapter 4.1 of the article. From Linux 6.6 on the scheduler has no latency, but a slice. Two tasks that share a CPU
# each run once in 10 ms if a slice has 5 ms.
scheduler_latency_ns=10000000
scheduler_slice_ns=5000000
# 16,384 connections, the server's default, with room for files and rings.
descriptors=65536
# Locked memory, in KiB. Newer kernels count the rings of io_uring as such: some hundred KiB per worker with Linux 6.18.
locked_kib=65536

remember() { :; }

# Sets $current. The file of THP lists every value and marks the current one: "always [madvise] never".
# `read` asks for single bytes, and the kernel gives only the first one of a sysctl. `cat` asks for all, but is a process.
read_value() {
  current=
  case $1 in
    */proc/sys/*) current=$(cat "$1" 2>/dev/null) current=${current%%"$newline"*} ;;
    *) { IFS= read -r current <"$1"; } 2>/dev/null ;;
  esac
  case $current in
    *\[*\]*) current=${current#*\[} current=${current%%\]*} ;;
  esac
}

# write_value FILE VALUE, after $current was read from it, sets $reason if the write fails.
write_value() {
  reason=
  if [ "${WRITE:-1}" = 0 ]; then
    reason="not written"
    return 1
  fi
  remember file "$1" "$current"
  reason=$({ printf '%s\n' "$2" >"$1"; } 2>&1) && return
  reason="$1: ${reason##*: }"
  return 1
}

same_text() { [ "$1" = "$2" ]; }
same=same_text # or same_cpus: how two values are compared

# set_file FILE WANT sets $current, $state and $reason.
set_file() {
  reason= state=ok
  read_value "$1"
  $same "$current" "$2" && return
  if write_value "$1" "$2"; then state=differs; elif [ "${WRITE:-1}" = 0 ]; then state=differs; else state=refused; fi
  read_value "$1"
  if $same "$current" "$2"; then state=ok reason=; fi
}

# file_knob NAME WANT FILE
file_knob() {
  if [ ! -e "$3" ]; then
    report "$1" "$2" "" absent "no file $3"
    return
  fi
  set_file "$3" "$2"
  report "$1" "$2" "$current" "$state" "$reason"
}

# files_knob NAME WANT FILE...: one value in many files. The values that were read are listed once each.
files_knob() {
  name=$1 want=$2 all= worst=ok why= right=0
  shift 2
  for file; do
    set_file "$file" "$want"
    case "$newline$all$newline" in *"$newline$current$newline"*) ;; *) all="$all${all:+$newline}$current" ;; esac
    if [ "$state" = ok ]; then right=$((right + 1)); else worst=$state why=${why:-$reason}; fi
  done
  got=$(printf %s "$all" | tr '\n' ' ')
  [ "$right" -eq $# ] || why="$right of $# are as wanted${why:+; $why}"
  report "$name" "$want" "$got" "$worst" "$why"
}

scheduler_knob() {
  for choice in proc/sys/kernel/sched_latency_ns:$scheduler_latency_ns sys/kernel/debug/sched/latency_ns:$scheduler_latency_ns \
    sys/kernel/debug/sched/base_slice_ns:$scheduler_slice_ns; do
    if [ -e "$ROOT/${choice%:*}" ]; then
      file_knob scheduler "${choice#*:}" "$ROOT/${choice%:*}"
      return
    fi
  done
  report scheduler $scheduler_slice_ns "" absent "neither sched_latency_ns nor $ROOT/sys/kernel/debug/sched (is debugfs mounted?)"
}

governor_knob() {
  set -- "$ROOT"/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor
  if [ -e "$1" ]; then files_knob cpu.governor performance "$@"; else report cpu.governor performance "" absent "no cpufreq; a hypervisor or the firmware decides"; fi
}

# The files have opposite senses: boost=0 and no_turbo=1 both stop it.
boost_knob() {
  cpu=$ROOT/sys/devices/system/cpu
  if [ -e "$cpu/cpufreq/boost" ]; then file=$cpu/cpufreq/boost off=0
  elif [ -e "$cpu/intel_pstate/no_turbo" ]; then file=$cpu/intel_pstate/no_turbo off=1
  else
    report cpu.boost off "" absent "no cpufreq/boost and no intel_pstate/no_turbo"
    return
  fi
  set_file "$file" $off
  if [ "$current" = $off ]; then current=off; else current=on; fi
  report cpu.boost off "$current" "$state" "$reason"
}

# "0,2-3" -> " 0 2 3"
expanded() {
  for part in $(printf %s "$1" | tr , ' '); do
    cpu=${part%-*}
    while [ "$cpu" -le "${part#*-}" ]; do
      printf ' %s' "$cpu"
      cpu=$((cpu + 1))
    done
  done
}

# The online CPUs that this process must not use, as a list; empty if it may use all.
other_cpus() {
  allowed=
  while read -r field value; do
    if [ "$field" = Cpus_allowed_list: ]; then allowed=$value; fi
  done 2>/dev/null <"$ROOT/proc/self/status"
  read_value "$ROOT/sys/devices/system/cpu/online"
  mine=" $(expanded "$allowed") " others=
  for cpu in $(expanded "$current"); do
    case $mine in *" $cpu "*) ;; *) others="$others${others:+,}$cpu" ;; esac
  done
}

same_cpus() { [ "$(expanded "$1")" = "$(expanded "$2")" ]; }

# Interrupts with a handler. The kernel keeps some at their CPU and refuses the write (EIO); the report counts them.
irq_knob() {
  others=$IRQ_CPUS
  [ -n "$others" ] || other_cpus
  set --
  for irq in "$ROOT"/proc/irq/[0-9]*; do
    for handler in "$irq"/*/; do
      if [ -d "$handler" ] && [ -e "$irq/smp_affinity_list" ]; then
        set -- "$@" "$irq/smp_affinity_list"
        break
      fi
    done
  done
  if [ $# -eq 0 ]; then
    report irq.affinity "$others" "" absent "no interrupt is visible in $ROOT/proc/irq"
  elif [ -z "$others" ]; then
    report irq.affinity "" "" unasked "every CPU is used; name those for interrupts (IRQ_CPUS, --irq-cpus)"
  else
    same=same_cpus
    files_knob irq.affinity "$others" "$@"
    same=same_text
  fi
}

# limit_knob NAME LETTER WANT: a limit of this process, at least WANT; else as much as the hard limit allows
limit_knob() {
  if ! enough "$2" "$3" && [ "${WRITE:-1}" != 0 ]; then
    ulimit -S "-$2" "$3" 2>/dev/null || ulimit "-$2" "$3" 2>/dev/null || ulimit -S "-$2" "$(ulimit -H "-$2")"
  fi
  if enough "$2" "$3"; then report "$1" ">=$3" "$limit" ok
  elif [ "${WRITE:-1}" = 0 ]; then report "$1" ">=$3" "$limit" differs "not written"
  else report "$1" ">=$3" "$limit" refused "the hard limit is $(ulimit -H "-$2"); raise it with docker run --ulimit"; fi
}

enough() {
  limit=$(ulimit -S "-$1")
  [ "$limit" = unlimited ] || [ "$limit" -ge "$2" ]
}

machine_knobs() {
  file_knob vm.swappiness 1 "$ROOT/proc/sys/vm/swappiness"
  scheduler_knob
  file_knob net.core.somaxconn 65535 "$ROOT/proc/sys/net/core/somaxconn"
  irq_knob
  governor_knob
  boost_knob
  # With `always` the kernel may fill 2 MiB where the server asked for a page.
  file_knob memory.thp madvise "$ROOT/sys/kernel/mm/transparent_hugepage/enabled"
}

process_knobs() {
  limit_knob ulimit.nofile n $descriptors
  limit_knob ulimit.memlock l $locked_kib
}
