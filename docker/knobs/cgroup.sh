# The control group `bench` with the controllers cpu, memory and io, in both versions of control groups: version 1 has a tree of folders per
# controller (and calls io blkio), version 2 one tree. The limits come from CPU_PERCENT, MEMORY_BYTES and IO_LIMIT; empty means no limit.

cgroup_name=bench
period_us=100000 # the default of the kernel and of container engines

# cgroup_place CONTROLLER sets $version (0: none), $base (the folder of the own group) and $mount_point.
cgroup_place() {
  version=0 base= mount_point=
  while read -r _ _ _ root point rest; do
    kind=${rest#*- } super=,${rest##* },
    case $kind in
      "cgroup "*) case $super in *,"$1",*) found_mount 1 && return ;; esac ;;
      "cgroup2 "*) case " $(cat "$ROOT$point/cgroup.controllers" 2>/dev/null) " in *" $1 "*) found_mount 2 ;; esac ;;
    esac
  done 2>/dev/null <"$ROOT/proc/self/mountinfo"
}

found_mount() {
  version=$1 mount_point=$ROOT$point mount_root=$root
}

# own_group CONTROLLER sets $base. A group outside of what the mount shows is shown as the mount point.
own_group() {
  path=/
  while IFS=: read -r _ controllers value; do
    case $version,",$controllers," in 1,*",$1,"* | 2,",,") path=$value ;; esac
  done 2>/dev/null <"$ROOT/proc/self/cgroup"
  case $path in *..*) path=$mount_root ;; esac
  case $path in
    "$mount_root"*) base=$mount_point/${path#"$mount_root"} ;;
    *) base=$mount_point ;;
  esac
  [ "$cgroup_at" != top ] || base=$mount_point
  while [ "$base" != "${base%/}" ]; do base=${base%/}; done
}

# The root of all groups has no limits. Only there are these files.
is_top() { [ -e "$1/release_agent" ] || { [ "$version" = 2 ] && [ ! -e "$1/cgroup.type" ]; }; }

# open_group CONTROLLER: makes and joins $base/bench, and sets $folder to it. If that cannot be, $folder is the own group, and $reason says why.
open_group() {
  own_group "$1"
  folder=$base/$cgroup_name reason=
  if [ "${WRITE:-1}" = 0 ]; then
    [ -d "$folder" ] || folder=$base reason="not written"
  elif ! make_group || ! join_group || ! enable_controller "$1"; then
    folder=$base
  fi
}

make_group() {
  if [ -d "$folder" ]; then is_ours "$folder" && return; reason="$folder exists already"; return 1; fi
  remember group "$folder" ""
  reason=$(mkdir "$folder" 2>&1) && return
  reason="$folder: ${reason##*: }"
  return 1
}

# Groups of a container are of this container; docker/host-setup replaces this function.
is_ours() { true; }

# The shell itself joins, and becomes the server. So the server never runs outside of the group.
join_group() {
  [ "$cgroup_at" != top ] || return 0
  { echo 0 >"$folder/cgroup.procs"; } 2>/dev/null && return
  reason="$folder/cgroup.procs: this process may not join"
  return 1
}

# Version 2 gives a group the controllers that its parent passes on. A parent below the root may do so only without processes of its own.
enable_controller() {
  [ "$version" = 2 ] || return 0
  case " $(cat "$base/cgroup.subtree_control" 2>/dev/null) " in *" $1 "*) return ;; esac
  remember controller "$base/cgroup.subtree_control" "$1"
  reason=$({ echo "+$1" >"$base/cgroup.subtree_control"; } 2>&1) && return
  reason="$base/cgroup.subtree_control: ${reason##*: }"
  return 1
}

# limit FILE VALUE sets a limit of the group. It is not remembered: it goes with the group. $current has the value that was read back.
limit() {
  state=ok
  read_value "$folder/$1"
  [ "$current" = "$2" ] && return
  if [ "${WRITE:-1}" = 0 ]; then state=differs reason="not written"; return; fi
  if limit_reason=$({ printf '%s\n' "$2" >"$folder/$1"; } 2>&1); then state=differs; else state=refused reason="$folder/$1: ${limit_reason##*: }"; fi
  read_value "$folder/$1"
  if [ "$current" = "$2" ]; then state=ok reason=; fi
}

cpu_limit() {
  quota_us=$((CPU_PERCENT * period_us / 100))
  want="$CPU_PERCENT %"
  if [ "$version" = 2 ]; then
    limit cpu.max "$quota_us $period_us"
  else
    limit cpu.cfs_period_us $period_us
    limit cpu.cfs_quota_us "$quota_us"
  fi
}

cpu_got() {
  if [ "$version" = 2 ]; then
    read_value "$folder/cpu.max"
    quota=${current% *} period=${current#* }
  else
    read_value "$folder/cpu.cfs_quota_us" && quota=$current
    read_value "$folder/cpu.cfs_period_us" && period=$current
  fi
  case $quota,$period in
    *[!0-9,]* | ,* | *, | *,0) got="no limit" ;;
    *) got="$((quota * 100 / period)) %" ;;
  esac
}

# Without swap: memory beyond the limit would go to the disk instead of being refused.
memory_limit() {
  want=$MEMORY_BYTES
  if [ "$version" = 2 ]; then
    [ ! -e "$folder/memory.swap.max" ] || limit memory.swap.max 0
    limit memory.max "$MEMORY_BYTES"
  else
    limit memory.limit_in_bytes "$MEMORY_BYTES"
    [ ! -e "$folder/memory.memsw.limit_in_bytes" ] || limit memory.memsw.limit_in_bytes "$MEMORY_BYTES"
  fi
}

memory_got() {
  if [ "$version" = 2 ]; then read_value "$folder/memory.max"; else read_value "$folder/memory.limit_in_bytes"; fi
  got=$current
  # Version 1 shows "no limit" as the highest number of whole pages.
  case $current in '' | max | 9223372036854771712) got="no limit" ;; esac
}

# Each limit of IO_LIMIT is written alone, because version 1 has a file for each. $io_file and $io_text are what to write.
io_entry() {
  device=${IO_LIMIT%% *} io_file=io.max io_text="$device $1"
  [ "$version" = 2 ] && return
  case $1 in
    rbps=*) io_file=blkio.throttle.read_bps_device ;;
    wbps=*) io_file=blkio.throttle.write_bps_device ;;
    riops=*) io_file=blkio.throttle.read_iops_device ;;
    wiops=*) io_file=blkio.throttle.write_iops_device ;;
  esac
  io_text="$device ${1#*=}"
}

io_limit() {
  want=$IO_LIMIT state=ok io_state=ok
  for entry in ${IO_LIMIT#* }; do
    io_entry "$entry"
    has_io_entry && continue
    if [ "${WRITE:-1}" = 0 ]; then io_state=differs reason="not written"; continue; fi
    if limit_reason=$({ printf '%s\n' "$io_text" >"$folder/$io_file"; } 2>&1); then
      has_io_entry || io_state=differs
    else
      io_state=refused reason="$folder/$io_file: ${limit_reason##*: }"
    fi
  done
  state=$io_state
}

# Whether the device's line has every word of $io_text.
has_io_entry() {
  while read -r number words; do
    [ "$number" = "$device" ] || continue
    case " $words " in *" ${io_text#* } "*) return 0 ;; esac
  done 2>/dev/null <"$folder/$io_file"
  return 1
}

io_got() {
  got=
  for io_file in io.max blkio.throttle.read_bps_device blkio.throttle.write_bps_device blkio.throttle.read_iops_device \
    blkio.throttle.write_iops_device; do
    [ ! -s "$folder/$io_file" ] || got="$got${got:+; }$(tr '\n' ' ' <"$folder/$io_file")"
  done
  got=${got:-no limit}
  got=${got% }
}

# controller_knob NAME CONTROLLER REQUESTED: the limit of one controller
controller_knob() {
  cgroup_place "$2"
  if [ "$version" = 0 ]; then
    report "cgroup.$1" "${3:-no limit}" "" absent "no control groups with the controller $2 are visible"
    group_state=absent group_reason="no control groups with the controller $2 are visible"
    return
  fi
  open_group "$2"
  note_group
  group_why=$reason state=unasked want= reason=
  [ -z "$3" ] || "$1_limit"
  "$1_got"
  case $state in differs | refused) reason=${reason:-$group_why} ;; *) reason= ;; esac
  report "cgroup.$1" "$want" "$got" "$state" "$reason"
}

# The container's own group, which an engine made with limits, is as good as `bench`: the server is in a group that it does not share.
note_group() {
  if [ "$folder" = "$base" ] && is_top "$base"; then
    case ${WRITE:-1} in 0) group_state=differs ;; *) group_state=refused ;; esac
    group_got="the root of all groups" group_reason=$reason
  elif [ "$folder" = "$base" ]; then
    group_got=${group_got:-the container\'s own}
  fi
}

# cgroup_knobs own|top: `bench` below the own group, or below the root of all groups for containers to come
cgroup_knobs() {
  cgroup_at=$1 group_state=ok group_got= group_reason=
  controller_knob cpu cpu "$CPU_PERCENT"
  controller_knob memory memory "$MEMORY_BYTES"
  io=io
  cgroup_place blkio
  [ "$version" = 0 ] || io=blkio
  controller_knob io $io "$IO_LIMIT"
  report cgroup.group $cgroup_name "${group_got:-$cgroup_name}" "$group_state" "$group_reason"
}
