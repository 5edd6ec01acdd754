package transfer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/transfer"
)

func TestAdminsAreToldOfAnImport(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		h := newHost(t, db, "brenval", "school")
		h.organization("Corvenne", corvenne)
		told := func() (n int) {
			h.view(func(tx *sqldb.Tx) (err error) {
				n, err = sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT COUNT(*) FROM notice_event WHERE kind = 'contact_added' AND detail = 'import' AND leaders = 1`)
				return err
			})
			return n
		}
		many := []string{header}
		for n := range 250 { // more than a batch takes
			many = append(many, fmt.Sprintf("%s;;Martin %s;Paul;;;;", corvenne, string([]rune{'a' + rune(n/26), 'a' + rune(n%26)})))
		}
		t.Run("where no admin comes in nobody is told", func(t *testing.T) {
			h := h.in(t)
			h.want(h.both(transfer.Contacts, "", header, durand), "1 new, 0 changed, 0 unchanged")
			if n := told(); n != 0 {
				t.Error(n)
			}
		})
		t.Run("an organisation is told once of all that a file adds, and not by a dry run, nor of what is known already", func(t *testing.T) {
			h := h.in(t)
			admin := h.number(1)
			desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 1})
			hash, err := desk.Hash(t.Context(), "crapaud fleuret 41 boussole")
			if err != nil {
				t.Fatal(err)
			}
			address, _ := email.Parse("elodie.durand@corvenne.example")
			h.update(func(tx *sqldb.Tx) error {
				l, err := login.Create(t.Context(), tx, h.by, login.New{Email: address.String(), Name: "Élodie Durand"}, hash)
				if err != nil {
					return err
				}
				return contact.Imagine(t.Context(), tx, h.by, admin.ID, contact.Past{
					Role: contact.Admin, LoginEmail: address, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
				})
			})
			dry, _ := strings.CutSuffix(h.run(transfer.Contacts, "d", file(many...)), ";")
			if n := told(); n != 0 || !strings.HasPrefix(dry, "250 new") {
				t.Error(n, dry)
			}
			h.want(h.run(transfer.Contacts, "", file(many...)), "250 new, 0 changed, 0 unchanged")
			if n := told(); n != 1 {
				t.Error(n)
			}
			h.want(h.run(transfer.Contacts, "", file(many...)), "0 new, 0 changed, 250 unchanged")
			if n := told(); n != 1 {
				t.Error(n)
			}
		})
	})
}
