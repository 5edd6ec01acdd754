package ui

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
)

// baseField is the form's own note of what its fields held when it was first shown: a short digest of each value that was not empty.
// It serves Compare alone, and so misleads nobody but who alters it.
const baseField = "base"

// apart are the fields that are not of what is stored.
var apart = []string{"version", "submission", baseField}

// noteBase notes what the fields hold now, where that is what is stored.
func (f *Form) noteBase() {
	if !f.fresh {
		return
	}
	base := url.Values{}
	for name, values := range f.Values {
		if len(values) > 0 && values[0] != "" && !slices.Contains(apart, name) {
			base.Set(name, short(values[0]))
		}
	}
	f.Set(baseField, base.Encode())
	f.fresh = false
}

// rebase reports whether the stored value is another one than that which the form began with, and has it begin with this one from
// now on. Of a form that does not know, every value is another one.
func (f *Form) rebase(name, stored string) (another bool) {
	base, err := url.ParseQuery(f.Value(baseField))
	known := err == nil && f.Has(baseField)
	if !known {
		base = url.Values{}
	}
	before := base.Get(name)
	base.Del(name)
	if stored != "" {
		base.Set(name, short(stored))
	}
	if known {
		f.Set(baseField, base.Encode())
	}
	return !known || before != base.Get(name)
}

// short tells values apart.
func short(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}
