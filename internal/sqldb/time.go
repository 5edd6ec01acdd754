package sqldb

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is an instant as stored: microseconds since 1970 UTC in a BIGINT column, so that both engines keep
// and order it alike. Zero means «never» and is NULL in the table.
type Time int64

// At converts; the zero time.Time becomes «never».
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Time converts back, in UTC; «never» becomes the zero time.Time.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// IsZero reports «never».
func (t Time) IsZero() bool { return t == 0 }

// Add moves the instant by d.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Microseconds()) }

// Sub is the time between the two instants.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Microsecond }

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) {
	if t == 0 {
		return nil, nil
	}
	return int64(t), nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = 0
	case int64:
		*t = Time(v)
	default:
		return fmt.Errorf("sqldb: cannot scan %T into Time", src)
	}
	return nil
}
