# SPDX-License-Identifier: BSL-1.0
#
# Sourced by the scripts that build: names what they need, and installs what is missing.
# It says nothing when nothing is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=${CONVERGE_JOBS:-$(nproc)}

# die MESSAGE...: says it and stops.
die()
{
    printf '%s\n' "$@" >&2
    exit 1
}

# probe PROGRAM-TEXT: whether g++ accepts it up to the preprocessor.
probe()
{
    command -v g++ > /dev/null && g++ -E -x c++ - <<< "$1" > /dev/null 2>&1
}

# have NEED: whether this machine has it. A need is `header:NAME`, `command:NAME` or one of those
# spelled out here.
have()
{
    case $1 in
    cmake) command -v cmake > /dev/null &&
        printf '3.25\n%s\n' "$(cmake --version | sed -n '1s/.*version //p')" | sort -VC ;;
    boost) probe '#include <boost/json/value.hpp>
            #include <boost/version.hpp>
            #if BOOST_VERSION < 108100
            #error
            #endif' && [[ $(g++ -print-file-name=libboost_json.so) == /* ]] ;;
    header:*) probe "#include <${1#header:}>" ;;
    command:*) command -v "${1#command:}" > /dev/null ;;
    clang-runtime) [[ -e $(clang++-19 -print-resource-dir 2> /dev/null)/include/stddef.h &&
        -d $(clang++-19 -print-resource-dir)/lib ]] ;;
    esac
}

# package NEED: the Debian and Ubuntu packages that have it, the first one available counts.
package()
{
    case $1 in
    cmake) echo cmake ;;
    boost) echo libboost-json1.81-dev libboost-json-dev ;;
    command:ninja) echo ninja-build ;;
    command:g++) echo g++ ;;
    command:python3) echo python3 ;;
    command:etcd) echo etcd-server ;;
    command:clang++-19) echo clang-19 ;;
    command:clang-query-19) echo clang-tools-19 ;;
    command:llvm-cov-19) echo llvm-19 ;;
    clang-runtime) echo libclang-rt-19-dev ;;
    header:doctest/doctest.h) echo doctest-dev ;;
    header:openssl/ssl.h) echo libssl-dev ;;
    header:sqlite3.h) echo libsqlite3-dev ;;
    header:range/v3/*) echo librange-v3-dev ;;
    header:benchmark/benchmark.h) echo libbenchmark-dev ;;
    header:yaml-cpp/yaml.h) echo libyaml-cpp-dev ;;
    header:CLI/CLI.hpp) echo libcli11-dev ;;
    header:ldns/ldns.h) echo libldns-dev ;;
    esac
}

# included FILE...: the names that the files include, the project's own headers followed.
included()
{
    local -A seen=()
    local files=("$@") names name file
    while [[ ${#files[@]} -gt 0 ]]; do
        names=$(sed -nE 's/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"].*/\1/p' "${files[@]}" |
            sort -u)
        files=()
        for name in $names; do
            [[ -z ${seen[$name]:-} ]] || continue
            seen[$name]=1
            echo "$name"
            for file in "$root"/{include,examples,tests,benchmarks}/"$name"; do
                [[ ! -f $file ]] || files+=("$file")
            done
        done
    done
}

# needs FILE...: what building the files needs.
needs()
{
    printf '%s\n' command:g++ cmake command:ninja boost
    included "$@" | sed -nE '
        s,^(openssl/|boost/asio/ssl).*,header:openssl/ssl.h,p
        s,^sqlite3\.h$,header:&,p
        s,^range/v3/.*,header:range/v3/version.hpp,p
        s,^doctest/.*,header:doctest/doctest.h,p
        s,^benchmark/.*,header:benchmark/benchmark.h,p
        s,^yaml-cpp/.*,header:yaml-cpp/yaml.h,p
        s,^CLI/.*,header:CLI/CLI.hpp,p
        s,^ldns/.*,header:ldns/ldns.h,p' | sort -u
}

# missing NEED...: those of them that this machine has not.
missing()
{
    local need
    for need in "$@"; do
        have "$need" || echo "$need"
    done
}

# refuse_removal PACKAGE...: stops if installing them would remove what is installed, as one version
# of Boost's headers removes another.
refuse_removal()
{
    local removed
    removed=$(LC_ALL=C apt-get install --simulate --no-install-recommends "$@" 2> /dev/null |
        sed -n 's/^Remv \([^ ]*\) \(\[[^]]*\]\).*/  \1 \2/p') || true
    [[ -z $removed ]] || die "This needs $*, which cannot be installed beside:" "$removed" \
        "Nothing was changed. Remove these packages yourself if you can do without them, and run" \
        "this again."
}

# require NEED...: installs what is missing, or names it and stops.
require()
{
    local absent need candidate packages=() as_root=()
    absent=$(missing "$@")
    [[ -n $absent ]] || return 0
    if ! command -v apt-get > /dev/null; then
        die "This needs what is not installed here (names as in Debian 12):" \
            "$(for need in $absent; do echo "  $(package "$need" | cut -d ' ' -f 1)"; done)"
    fi
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo > /dev/null ||
            die "This must install packages, and is neither root nor finds sudo:" $absent
        as_root=(sudo)
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    for need in $absent; do
        for candidate in $(package "$need"); do
            if apt-cache show "$candidate" > /dev/null 2>&1; then
                packages+=("$candidate")
                break
            fi
        done
    done
    echo "Installing: ${packages[*]}" >&2
    if [[ ${#packages[@]} -gt 0 ]]; then
        refuse_removal "${packages[@]}"
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-remove --no-install-recommends "${packages[@]}" >&2
    fi
    absent=$(missing $absent)
    [[ -z $absent ]] || die "Still missing, and no package of this system has it:" $absent
}

# commit: names what is checked out, by its contents if they were changed; empty where that is not
# known.
commit()
{
    local name
    name=$(git -C "$root" describe --always --dirty --abbrev=40 2> /dev/null) || return 0
    if [[ $name == *-dirty || -n $(git -C "$root" ls-files --others --exclude-standard) ]]; then
        name+=-$(cd "$root" && { git diff HEAD && git ls-files --others --exclude-standard -z |
            xargs -0 -r cat; } | sha256sum | cut -c 1-16)
    fi
    echo "$name"
}

# quietly COMMAND...: shows what it prints only if it fails.
quietly()
{
    local output
    output=$("$@" 2>&1) || die "$output"
}

# build PRESET TARGET...: configures and builds; with a terminal, Ninja shows its progress.
build()
{
    local preset=$1
    shift
    cd "$root"
    quietly cmake --preset "$preset"
    if [[ -t 1 ]]; then
        cmake --build "build/$preset" --parallel "$jobs" ${1:+--target "$@"} >&2
    else
        quietly cmake --build "build/$preset" --parallel "$jobs" ${1:+--target "$@"}
    fi
    cd "$OLDPWD"
}
