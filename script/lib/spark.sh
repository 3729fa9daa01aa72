# Sets `python` to a Python with Spark for the tests and benchmarks on a cluster; source it from the root.
# KINDRED_SPARK_PYTHON names one with the packages of Tests/spark/requirements.txt; by default one is set up in .build-checks.
# Where there is no Java, or the packages cannot be had, says so and exits with 0.

spark_skip() { printf 'Skipping what needs Spark: %s\n' "$*" >&2 && exit 0; }

spark_prepare() {
    local venv=.build-checks/spark-venv requirements=Tests/spark/requirements.txt
    cmp -s "$requirements" "$venv/requirements.txt" && "$venv/bin/python" -c 'import pyspark' 2>/dev/null && return
    echo "Installing pyspark, once …" >&2
    mkdir -p .build-checks
    python3 -m venv --clear "$venv" || return
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" || return
    # Copied last, so that only a complete environment is used again.
    cp "$requirements" "$venv/requirements.txt"
}

command -v java >/dev/null || [ -x "${JAVA_HOME:-}/bin/java" ] || spark_skip "there is no Java (Debian: openjdk-17-jre-headless)."
python=${KINDRED_SPARK_PYTHON:-}
if [ -z "$python" ]; then
    spark_prepare || spark_skip "the packages of Tests/spark/requirements.txt cannot be installed."
    python=$PWD/.build-checks/spark-venv/bin/python
fi
