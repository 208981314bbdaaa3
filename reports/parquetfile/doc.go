// Package parquetfile writes tables of runs as Parquet, for data frames and databases.
//
//	reports.Recorder.Tables → File.WriteRow → row groups
//	events.jsonl → Events.Write ↗
//
// The columns are those of reports.Columns: their names, types and order. What they mean
// and their units stand in the file, as JSON under the key podsim.columns. A file is
// written row group by row group, so that memory does not grow with the run, and the bytes
// of it depend on nothing but its rows and the version of podsim.
//
// The package refuses to know what tables are about.
package parquetfile
