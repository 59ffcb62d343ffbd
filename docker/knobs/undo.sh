# What was there before docker/host-setup changed it: one line per change, "KIND<tab>PATH<tab>OLD VALUE", in the order of the changes.
#
#   file        a value in a file
#   group       a control group that was made
#   controller  a controller that a group passes on to its children
#   service     a service that was stopped

tab=$(printf '\t')

state_folder() { printf %s "$ROOT/run/duel"; }

# Only one call at a time: two would note each other's values as the old ones. The kernel ends the lock with the process.
lock_state() {
  state_file=$(state_folder)/host-setup
  mkdir -p "$(state_folder)" 2>/dev/null || fail 1 "$(state_folder) cannot be made; run this as root"
  { : >>"$state_file.lock"; } 2>/dev/null || fail 1 "$state_file.lock cannot be written; run this as root"
  exec 9>>"$state_file.lock"
  flock -n 9 || fail 1 "another host-setup is running; wait until it has ended"
}

# The value of the first call stays: it is what was there.
remember() {
  ! has_line "$1" "$2" "$3" || return 0
  printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$state_file" || fail 1 "$state_file cannot be written, so nothing more is changed"
}

# Whether a change is noted. A group passes on several controllers, each of them a change.
has_line() {
  while IFS=$tab read -r kind path old; do
    [ "$kind,$path" = "$1,$2" ] || continue
    [ "$kind" != controller ] || [ "$old" = "$3" ] || continue
    return 0
  done 2>/dev/null <"$state_file"
  return 1
}

# A group of an earlier call is noted; any other belongs to someone else.
is_ours() { has_line group "$1" ""; }

# Undoes the changes in the reverse order. Lines that cannot be undone stay for the next call.
undo_all() {
  if [ ! -s "$state_file" ]; then
    echo "host-setup: nothing to undo"
    return 0
  fi
  tac "$state_file" >"$state_file.reverse"
  kept=0
  : >"$state_file.kept"
  while IFS=$tab read -r kind path old; do
    undo_one && continue
    kept=$((kept + 1))
    printf '%s\t%s\t%s\n' "$kind" "$path" "$old" >>"$state_file.kept"
    echo "host-setup: $path is not as it was: ${reason##*: }" >&2
  done <"$state_file.reverse"
  tac "$state_file.kept" >"$state_file.new"
  mv "$state_file.new" "$state_file"
  rm -f "$state_file.reverse" "$state_file.kept"
  [ $kept -eq 0 ] || fail 1 "$kept of the changes could not be undone; mend the causes above and call --undo again"
  rm -f "$state_file"
  echo "host-setup: everything is as it was"
}

undo_one() {
  case $kind in
    file) undo_file ;;
    group) [ ! -d "$path" ] || reason=$(rmdir "$path" 2>&1) ;;
    controller)
      case " $(cat "$path" 2>/dev/null) " in
        *" $old "*) reason=$({ echo "-$old" >"$path"; } 2>&1) ;;
      esac
      ;;
    service)
      runs_irqbalance || reason=$(systemctl start "$path" 2>&1)
      ;;
    *) reason="the line '$kind' in $state_file is not one of this program"; return 1 ;;
  esac
}

# A file that has gone, such as that of a CPU which was taken offline, has no value to put back.
undo_file() {
  [ -e "$path" ] || return 0
  read_value "$path"
  [ "$current" != "$old" ] || return 0
  reason=$({ printf '%s\n' "$old" >"$path"; } 2>&1)
  read_value "$path"
  [ "$current" = "$old" ]
}
