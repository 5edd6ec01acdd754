package sqldb

import (
	"context"
	"sync"
)

// listeners are the functions of this process that wait for a topic.
type listeners struct {
	mu  sync.RWMutex
	fns map[string][]func()
}

// Listen calls fn each time that a transaction of this process which said Notify(topic) has been committed. fn
// runs in the goroutine of that Update: it must return at once.
func (db *DB) Listen(topic string, fn func()) {
	db.listeners.mu.Lock()
	defer db.listeners.mu.Unlock()
	if db.listeners.fns == nil {
		db.listeners.fns = make(map[string][]func())
	}
	db.listeners.fns[topic] = append(db.listeners.fns[topic], fn)
}

// Notify tells this process's listeners of the topic, after the commit and not without it. Other processes
// learn nothing: what they must know too is a row.
func (tx *Tx) Notify(topic string) { tx.topics = append(tx.topics, topic) }

// notifying runs fn in the engine's transaction and tells the listeners afterwards. Of several runs of fn only
// the last counts: it is the one that was committed.
func (db *DB) notifying(ctx context.Context, fn func(*Tx) error) error {
	var topics []string
	err := db.engine.update(ctx, func(tx *Tx) error {
		err := fn(tx)
		topics = tx.topics
		return err
	})
	if err != nil || len(topics) == 0 {
		return err
	}
	db.listeners.mu.RLock()
	defer db.listeners.mu.RUnlock()
	for _, topic := range topics {
		for _, tell := range db.listeners.fns[topic] {
			tell()
		}
	}
	return nil
}
