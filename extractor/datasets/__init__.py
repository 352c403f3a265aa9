"""Write document results as Parquet, manifest and datapackage.json, committed atomically, and read them."""
