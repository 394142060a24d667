"""Structured issues and measures from 巡视/巡察整改进展情况通报 (inspection rectification notices)."""
