"""Makes Spark fail in known ways; the logs beside this file are what Spark 3.5.4 said (local mode, Java 17).

    spark-submit --driver-memory 512m provoke.py missingTable > stdout 2> stderr

Each log is stderr followed by stdout: in client mode spark-submit sends a Python traceback to stdout.
Stack frames beyond the third, most INFO lines and the paths of the machine were taken out.
"""
import sys
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

kind = sys.argv[1]
b = SparkSession.builder.master("local[1]").appName("audit_check").config("spark.ui.enabled", "false")
if kind == "maxResultSize":
    b = b.config("spark.driver.maxResultSize", "1m")
if kind == "cast":
    b = b.config("spark.sql.ansi.enabled", "true")
spark = b.getOrCreate()


def main():
    if kind == "missingTable":
        spark.sql("select count(*) from lake.events").collect()
    if kind == "missingColumn":
        spark.range(3).select("created_att").collect()
    if kind == "maxResultSize":
        spark.range(2000000).collect()
    if kind == "pythonUdf":
        f = F.udf(lambda x: int("n/a"))
        spark.range(3).select(f("id")).collect()
    if kind == "pythonDriver":
        print({}["threshold"])
    if kind == "assertion":
        n = spark.range(0).count()
        assert n > 1, f"row count {n} is not above 1"
    if kind == "module":
        import great_expectations
    if kind == "cast":
        spark.sql("select cast('n/a' as int)").collect()
    if kind == "syntax":
        spark.sql("select * form events").collect()
    if kind == "path":
        spark.read.parquet("/no/such/path").collect()
    if kind == "function":
        spark.sql("select date_ad(current_date(), 1)").collect()
    if kind == "type":
        spark.sql("select array(1) > 1").collect()
    if kind == "class":
        spark.read.format("iceberg").load("x")
    if kind == "heap":
        rows = spark.range(40).repartition(1).rdd.map(lambda r: "x" * 30_000_000)
        rows.collect()
    if kind == "heapExecutor":
        spark.sql("select sum(length(s)) from (select explode(array_repeat(repeat('x', 20000000), 200)) s) group by substring(s,1,1) order by 1").collect()


main()
