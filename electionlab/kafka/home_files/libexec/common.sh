# shellcheck shell=sh
# Sourced by every program in bin. The settings beside it name Java, the class path and the data.
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
. "$home/libexec/settings.sh"

# run AOT_CACHE LOGGING CLASS [ARGUMENT]...: become one of Kafka's programs.
run() {
    aot=$home/$1
    logging=$2
    shift 2
    if [ -n "${JAVA_HOME-}" ] && [ "$JAVA_HOME/bin/java" != "$java" ]; then
        java=$JAVA_HOME/bin/java
        aot='' # a cache fits one JVM
    fi
    if ! [ -x "$java" ]; then
        echo "There is no Java at $java. Set JAVA_HOME, or make this folder anew: python -m electionlab env" >&2
        exit 1
    fi
    # The JVM prints each small thing of its cache that it cannot use, into what a tool was asked.
    [ -f "$aot" ] || aot=''
    # Without a language Java takes each path for ASCII.
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in C | POSIX) export LC_ALL=C.UTF-8 ;; esac
    export CLASSPATH="$class_path"
    # Several options stand in one variable, so these are split.
    # shellcheck disable=SC2086
    exec "$java" ${KAFKA_HEAP_OPTS:-$heap} ${KAFKA_JVM_PERFORMANCE_OPTS:-$flags} $language \
        ${aot:+"-XX:AOTCache=$aot" -Xlog:disable -Xlog:all=error:stderr} "-Dlog4j.configuration=$logging" ${KAFKA_OPTS-} "$@"
}

# is_running zookeeper|kafka: whether that server of ours runs; sets pid.
is_running() {
    pid=$(cat "$data/$1.pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null || return 1
    # The id of a server that was killed may have passed to another process, to a Kafka of a lab
    # for one; ours have the logging of a home like this one.
    if [ -d /proc/self ]; then
        tr '\0' ' ' <"/proc/$pid/cmdline"
    else
        ps -o args= -p "$pid"
    fi 2>/dev/null | grep -q -e '/home-[^/]*/etc/kafka/log4j.properties' -e "$1-server-start"
}

# begin zookeeper|kafka [-daemon] FILE...: what comes before a server.
#
# A start that finds no server of ours begins with empty data. What a killed run leaves would stop
# it: a broker that ZooKeeper still has registered, an id of another cluster. A start that finds the
# other server keeps the data: Kafka comes back with its topics, ZooKeeper with its brokers.
begin() {
    name=$1
    shift
    background=''
    if [ "${1-}" = -daemon ]; then
        background=yes
        shift
    fi
    if [ $# -eq 0 ]; then
        echo "Usage: $name-server-start [-daemon] FILE" >&2
        exit 1
    fi
    if [ ! -r "$1" ]; then
        echo "There is no file $1 to read." >&2
        exit 1
    fi
    umask 077
    mkdir -p "$data" || exit 1
    if is_running "$name"; then
        echo "$name is already running (process $pid). To stop it: $home/bin/$name-server-stop" >&2
        exit 1
    fi
    # In the background it outlives the terminal, and only the stop script ends it.
    if [ $background ]; then
        nohup "$home/bin/$name-server-start" "$@" >"$data/$name.out" 2>&1 </dev/null &
        echo "Process $! starts in the background. Its output: $data/$name.out"
        exit 0
    fi
    echo $$ >"$data/$name.pid" # exec keeps the id
    case $name in zookeeper) other=kafka ;; *) other=zookeeper ;; esac
    is_running "$other" || rm -rf "$data/zookeeper" "$data/kafka"
}

# end zookeeper|kafka: stop that server of ours and wait until it has ended.
end() {
    if ! is_running "$1"; then
        echo "No $1 of ours runs." >&2
        exit 1
    fi
    kill "$pid"
    looks=0
    while is_running "$1"; do
        looks=$((looks + 1))
        if [ $looks -gt 900 ]; then
            echo "Process $pid has not ended in 90 s. To end it by force: kill -9 $pid" >&2
            exit 1
        fi
        sleep 0.1 2>/dev/null || sleep 1 # POSIX has whole seconds only
    done
    rm -f "$data/$1.pid"
}
