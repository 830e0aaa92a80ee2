# Replays a Dockerfile where there is no docker: each stage in a copy of a pristine system, its steps by chroot.
# Sourced by scripts/try-clean, whose fresh, inside, say and unmount_all it uses. Knows FROM debian:12-slim,
# COPY, RUN, ENV, WORKDIR, USER, ENTRYPOINT and CMD, and stops at anything else.
# shellcheck shell=bash

copy_into() {  # SOURCE-ROOT ROOT WORKDIR FROM TO
  local source=$1/$4 target=$5
  [[ $target == /* ]] || target=$3/$target
  mkdir -p "$2$(dirname "$target")"
  if [ -d "$source" ]; then
    mkdir -p "$2$target"
    cp -a "$source/." "$2$target/"
  else
    cp -a "$source" "$2$target"
  fi
}

replay_dockerfile() {  # FILE FOLDER
  local file=$1 place=$2 context=$2/context
  local root='' workdir=/ user=root environment='' entry='' line name rest
  local -A stages=()
  local -a words
  rm -rf --one-file-system "$place"
  mkdir -p "$place"
  git clone -q --no-hardlinks . "$context"
  # A step a line: comments out, continued lines joined.
  while IFS= read -r line; do
    name=${line%% *} rest=${line#* }
    read -r -a words <<<"$rest"
    say "docker: ${line:0:100}"
    case $name in
      FROM)
        [ "${words[0]}" = debian:12-slim ] || { echo "replay: cannot start from ${words[0]}" >&2; return 1; }
        root=$place/stage${#stages[@]} workdir=/ user=root environment=''
        stages[${words[2]:-last}]=$root
        fresh "$root" ;;
      WORKDIR) workdir=$rest; mkdir -p "$root$workdir" ;;
      USER) user=$rest ;;
      ENV) environment+="export $rest; " ;;
      COPY)
        if [[ ${words[0]} == --from=* ]]; then
          copy_into "${stages[${words[0]#--from=}]}" "$root" "$workdir" "${words[1]}" "${words[2]}"
        else
          copy_into "$context" "$root" "$workdir" "${words[0]}" "${words[1]}"
        fi ;;
      RUN) step "$root" "$user" "$environment cd $workdir && $rest" || return 1 ;;
      ENTRYPOINT) entry=$(tr -d '[],"' <<<"$rest") ;;
      CMD) step "$root" "$user" "$environment cd $workdir && $entry $(tr -d '[],"' <<<"$rest")" || return 1 ;;
      *) echo "replay: $file: step $name is not known" >&2; return 1 ;;
    esac
  done < <(sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$file" | sed -e ':a' -e '/\\$/N; s/\\\n//; ta')
  say "docker: the image's user runs the main job, small"
  step "$root" "$user" "$environment cd $workdir && $entry generate matrix --shape 600x400 --seed 7 -o X.npy &&
    $entry cov X.npy -o C.npy --verify 50 --picture C.png && ls -l" || return 1
  unmount_all
}

step() {  # ROOT USER SHELL-TEXT
  if [ "$2" = root ]; then
    inside "$1" /bin/sh -c "$3"
  else
    inside "$1" su -s /bin/sh "$2" -c "$3"
  fi
}
