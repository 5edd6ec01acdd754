package sqldb

// Stats counts what this process has committed since Open.
type Stats struct {
	Updates int64 // transactions of Update
	Commits int64 // commits that carried them; on SQLite several that come together share one
}

// Stats reads the counts; it costs nothing.
func (db *DB) Stats() Stats { return Stats{Updates: db.updates.Load(), Commits: db.commits.Load()} }

// committed is called by the engines after each commit with the number of updates that it carried.
func (db *DB) committed(updates int) {
	db.updates.Add(int64(updates))
	db.commits.Add(1)
}
