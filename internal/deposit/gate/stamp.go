package gate

import (
	"strconv"
	"strings"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// quickest is how long a person needs at least to fill the form in, or to read what is said above it.
const quickest = 3 * time.Second

// Stamp is what the form carries: when it was handed out, for which workspace, and by which number it is known. Nobody else
// can make one, and each makes one deposit at most.
func (d Gate) Stamp(in id.Workspace, submission id.UUID, now sqldb.Time) string {
	return d.stamps.Sign(stamped(in, submission) + " " + strconv.FormatInt(int64(now), 36))
}

func stamped(in id.Workspace, submission id.UUID) string {
	return strconv.FormatInt(int64(in), 36) + " " + submission.String()
}

// Judge says what speaks against a form with that stamp: it came faster than anybody types, or has lain open too long. Either
// refusal is an Invalid without fields: the form is shown again with a fresh stamp.
func (d Gate) Judge(stamp string, in id.Workspace, submission id.UUID, now sqldb.Time) error {
	text, ok := d.stamps.Read(stamp)
	at := strings.LastIndexByte(text, ' ')
	if !ok || at < 0 || submission.IsZero() || text[:at] != stamped(in, submission) {
		return fault.New(fault.Invalid, "deposit.stale")
	}
	made, err := strconv.ParseInt(text[at+1:], 36, 64)
	age := now.Sub(sqldb.Time(made))
	switch {
	case err != nil || age > d.Limits.Form || age < 0:
		return fault.New(fault.Invalid, "deposit.stale")
	case age < quickest:
		return fault.New(fault.Invalid, "deposit.too_fast")
	}
	return nil
}
