package login

import (
	"encoding/json"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// A browser keeps a signed list of who signed in there. It gives no right: it only gives the browser a count of
// its own for wrong tries at these logins, so that strangers who spend the login's cannot keep its owner out.

// mostVisits on the list of one browser; the oldest go first.
const mostVisits = 8

// visit says that somebody signed in in this browser.
type visit struct {
	Login id.Login   `json:"l"`
	Nonce string     `json:"n"` // tells this browser from the login's others
	At    sqldb.Time `json:"t"`
}

func (d *Desk) visits(cookie string) (list []visit) {
	text, ok := d.browser.Read(cookie)
	if !ok || json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	return list
}

// recognise gives what tells this browser from others, if the person signed in there and has not changed the
// password since.
func (d *Desk) recognise(cookie string, l Login, now sqldb.Time) (nonce string, ok bool) {
	for _, v := range d.visits(cookie) {
		if v.Login == l.ID && v.At >= l.PasswordChangedAt && now.Sub(v.At) < d.limits.BrowserLifetime {
			return v.Nonce, true
		}
	}
	return "", false
}

// remember puts a visit in front of the browser's list.
func (d *Desk) remember(cookie string, login id.Login, now sqldb.Time) string {
	list := []visit{{login, id.Secret(), now}}
	for _, v := range d.visits(cookie) {
		if v.Login != login && len(list) < mostVisits && now.Sub(v.At) < d.limits.BrowserLifetime {
			list = append(list, v)
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // the types above are plain
	}
	return d.browser.Sign(string(text))
}
