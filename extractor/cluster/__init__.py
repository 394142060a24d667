"""Runs on an engine for many machines (Ray): any file system in, Parquet datasets out."""
