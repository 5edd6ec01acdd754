package dispatch

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

// TestSuperAdminWithoutLoginEmail: an officer's dispatch no more says where the credentials of a super_admin go than a single
// sending does, and that is foreseen.
func TestSuperAdminWithoutLoginEmail(t *testing.T) {
	each(t, mailtest.Options{}, func(t *testing.T, h *town) {
		c := h.contact(h.school, h.school.organization, "own")
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE contact SET role = 'super_admin', login_enabled = 1 WHERE id = $1`, c.ID)
			return err
		})
		for _, sends := range []struct {
			says string
			by   actor.Actor
			want Result
		}{{"an officer's is refused", h.school.officer, Refused}, {"an admin's is sent", h.school.admin, Invited}} {
			t.Run(sends.says, func(t *testing.T) {
				h.view(func(ctx context.Context, tx *sqldb.Tx) error {
					list, err := Foresee(ctx, tx, sends.by, []id.Contact{c.ID})
					if len(list) != 1 || list[0].Result != sends.want {
						t.Errorf("foreseen: %+v", list)
					}
					return err
				})
				d := h.start(sends.by, c.ID)
				h.deliver()
				if rows := h.rows(h.school, d, All); len(rows) != 1 || rows[0].Result != sends.want {
					t.Errorf("%+v", rows)
				}
			})
		}
	})
}
