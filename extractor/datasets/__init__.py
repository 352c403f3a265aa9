"""Everything read → Parquet, manifest and datapackage.json, committed atomically."""
