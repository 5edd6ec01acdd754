package sqldb

import "context"

// EachChunk reads chunk after chunk, each in a View of its own, and calls fn with every value of it before it reads on; next
// tells whether more may follow. It ends with the first error. So is read what is too much to hold, or takes too long
// for one snapshot: fn may wait for somebody's network meanwhile, and no transaction waits with it.
func EachChunk[T any](ctx context.Context, db *DB, next func(*Tx) (chunk []T, more bool, err error), fn func(T) error) error {
	for more := true; more; {
		var chunk []T
		err := db.View(ctx, func(tx *Tx) (err error) {
			chunk, more, err = next(tx)
			return err
		})
		if err != nil {
			return err
		}
		for _, v := range chunk {
			if err := fn(v); err != nil {
				return err
			}
		}
	}
	return nil
}
