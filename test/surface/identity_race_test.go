package surface

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// struggle is a crowd that wants one name in one organisation: at the school some add it and some rename others to it, and some add
// it at a vendor that knows the same organisation. Two programs take what they post.
type struggle struct {
	*board
	nodes  [2]*running
	school [2]*http.Client
	vendor [2]*http.Client
	there  organization.Organization // the vendor's
	others []id.Contact              // at the school, who are about to be renamed
}

func newStruggle(b *board, nodes [2]*running, others int) *struggle {
	b.Helper()
	s := &struggle{board: b, nodes: nodes}
	add := b.p.command("workspace", "add", "orvane", "--name=Orvane", "--kind=vendor", "--admin-email=bruno@orvane.example", "--admin-name=Bruno Catelan", "--password-file=-")
	add.Stdin = strings.NewReader(password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if s.there, err = organization.Create(ctx, tx, actor.OfProgram(2), organization.Input{Name: b.at.Name, SIRET: b.at.SIRET.Plain()}); err != nil {
			return err
		}
		s.others = nil // the transaction may run again
		for i := range others {
			c, err := contact.Create(ctx, tx, actor.OfProgram(1), b.at.ID, contact.Input{
				Civility: "mr", FamilyName: fmt.Sprintf("Tanguy %c%c", 'a'+i/26, 'a'+i%26), GivenName: "Loïc", Phone: "01 99 00 12 34",
				Email: fmt.Sprintf("loic%d@corvenne.example", i), Source: contact.Form,
			})
			if err != nil {
				return err
			}
			s.others = append(s.others, c.ID)
		}
		return nil
	})
	for n, r := range nodes {
		s.school[n], s.vendor[n] = b.client(r, "anne@brenval.example"), b.client(r, "bruno@orvane.example")
	}
	return s
}

// count gives a figure of the database.
func (s *struggle) count(query string, args ...any) (n int) {
	s.Helper()
	s.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int], query, args...)
		return err
	})
	return n
}

// versions are those of the others as they are now.
func (s *struggle) versions() (list []int64) {
	s.Helper()
	s.update(func(ctx context.Context, tx *sqldb.Tx) error {
		list = nil
		for _, of := range s.others {
			c, err := contact.Get(ctx, tx, actor.OfProgram(1), of)
			if err != nil {
				return err
			}
			list = append(list, c.Version)
		}
		return nil
	})
	return list
}

// bid is what one of the crowd posts.
type bid struct {
	client *http.Client
	where  string
	form   url.Values
	vendor bool // else at the school
	adds   bool // else it renames
}

// bids are so many, by turns over the programs; each writes the name in a way of its own.
func (s *struggle) bids(of string, many int) []bid {
	s.Helper()
	versions := s.versions()
	family := []string{"Da Costa " + of, "DA-COSTA " + of, "da cósta  " + strings.ToUpper(of), "Dà Costa-" + of}
	var list []bid
	for i := range many {
		node := i / 4 % 2
		form := url.Values{"family_name": {family[i/8%4]}, "given_name": {"Inês"}}
		t := bid{client: s.school[node], where: s.nodes[node].base + "/brenval/office/contacts/" + s.others[i/2].String() + "/name", form: form}
		if i%2 == 0 {
			form.Set("person", "same")
			form.Set("version", fmt.Sprint(versions[i/2]))
			list = append(list, t)
			continue
		}
		t.adds = true
		t.where = s.nodes[node].base + "/brenval/office/organizations/" + s.at.ID.String() + "/contacts"
		if i%4 == 3 {
			t.vendor, t.client, t.where = true, s.vendor[node], s.nodes[node].base+"/orvane/office/organizations/"+s.there.ID.String()+"/contacts"
		}
		form["civility"], form["phone"] = []string{"ms"}, []string{"01 99 00 12 34"}
		form["email"], form["submission"] = []string{fmt.Sprintf("ines%d@corvenne.example", i)}, []string{id.NewJob().String()}
		list = append(list, t)
	}
	return list
}

// round lets all try at once, and looks at what has become of it.
func (s *struggle) round(of string, many int) {
	s.Helper()
	const people = `SELECT COUNT(*) FROM contact WHERE workspace_id = $1`
	school, vendor := s.count(people, 1), s.count(people, 2)
	list := s.bids(of, many)
	statuses := make([]int, len(list))
	var all sync.WaitGroup
	for i, t := range list {
		all.Go(func() { statuses[i] = s.post(t.client, t.where, t.form) })
	}
	all.Wait()
	won := map[bool]int{} // at the vendor, and at the school
	added := 0            // at the school
	for i, t := range list {
		switch {
		case statuses[i] == http.StatusSeeOther:
			won[t.vendor]++
			if t.adds && !t.vendor {
				added++
			}
		case statuses[i] != http.StatusUnprocessableEntity:
			s.Errorf("%s: status %d", t.where, statuses[i])
		}
	}
	if won[false] != 1 || won[true] != 1 {
		s.Errorf("%d have the name at the school, %d at the vendor", won[false], won[true])
	}
	if n := s.count(people, 1); n != school+added {
		s.Errorf("the school has %d contacts, had %d, and %d was added", n, school, added)
	}
	if n := s.count(people, 2); n != vendor+1 {
		s.Errorf("the vendor has %d contacts, had %d", n, vendor)
	}
	s.bears(of)
}

// bears fails unless the name is one account's, of one contact in each workspace, and no account is nobody's.
func (s *struggle) bears(of string) {
	s.Helper()
	family, err := name.ParsePart("Da Costa " + of)
	if err != nil {
		s.Fatal(err)
	}
	given, err := name.ParsePart("Inês")
	if err != nil {
		s.Fatal(err)
	}
	for workspace := 1; workspace <= 2; workspace++ {
		if n := s.count(`SELECT COUNT(*) FROM contact WHERE workspace_id = $1 AND account_id = (SELECT id FROM account WHERE key = $2)`,
			workspace, name.AccountKey(family, given, s.at.Identifier(1))); n != 1 {
			s.Errorf("workspace %d: %d contacts of the account", workspace, n)
		}
	}
	if n := s.count(`SELECT COUNT(*) FROM account WHERE id NOT IN (SELECT account_id FROM contact)`); n != 0 {
		s.Errorf("%d accounts of nobody", n)
	}
}

// A name is one person's on the installation, over whichever of its programs and workspaces it is asked for at once
// (manual 1: « chaque compte utilisateur est unique »).
func TestIdentityOverProcesses(t *testing.T) {
	overProcesses(t, func(t *testing.T, b *board, nodes [2]*running) {
		many := often(16, 64)
		s := newStruggle(b, nodes, many/2)
		for n := range often(6, 60) {
			s.round(string(rune('a'+n/26))+string(rune('a'+n%26)), many)
		}
	}, "ENTREGENT_RENAME_FAILURES=1000000") // a refused renaming counts, and here many are
}
