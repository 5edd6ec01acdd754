package request_test

import (
	"context"
	"slices"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// told takes what is to be told about a request: "kind detail" and to whom.
func (h *town) told(r request.Request) (what []string, to [][]id.Contact) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var kind, detail string
			var packed []byte
			err = row.Scan(&kind, &detail, &packed)
			var named []id.Contact
			for part := range slices.Chunk(packed, 16) {
				named = append(named, id.Contact{UUID: id.UUID(part)})
			}
			what, to = append(what, kind+" "+detail), append(to, named)
			return none, err
		}, `SELECT kind, detail, contacts FROM notice_event WHERE workspace_id = $1 AND subject_id = $2 ORDER BY id`, h.staff.Workspace, r.ID)
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM notice_event WHERE workspace_id = $1 AND subject_id = $2`, h.staff.Workspace, r.ID)
		}
		return err
	})
	return what, to
}

func TestWhatIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, ali, lea := h.person(at, "Nora", contact.User), h.person(at, "Ali", contact.Admin), h.person(at, "Léa", contact.User)
		own := h.asked(nora, "Écran noir")
		t.Run("who asks for themselves is told nothing of it", func(t *testing.T) {
			if what, _ := h.told(own); len(what) != 0 {
				t.Error(what)
			}
		})
		t.Run("for whom somebody else asks, a colleague or staff, is told, and nobody besides", func(t *testing.T) {
			in := request.Input{For: nora.ID, Kind: "technical", Subject: "Clavier", Text: "Touche morte"}
			byColleague, err := h.create(as(h, ali), in)
			if err != nil {
				t.Fatal(err)
			}
			byStaff, err := h.create(h.staff, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []request.Request{byColleague, byStaff} {
				if what, to := h.told(r); !slices.Equal(what, []string{"request_watching "}) || !slices.Equal(to[0], []id.Contact{nora.ID}) {
					t.Error(what, to)
				}
			}
		})
		t.Run("a message is told once to those who watch; the state that it brings is its detail", func(t *testing.T) {
			h.said(h.staff, own, "Nous regardons.")
			if what, to := h.told(own); !slices.Equal(what, []string{"request_comment in_progress"}) || !slices.Equal(to[0], []id.Contact{nora.ID}) {
				t.Error(what, to)
			}
			h.said(h.staff, own, "Encore un peu.")
			if _, err := h.say(h.staff, own, request.Remark{Text: "C’est réparé.", Then: string(request.Resolved)}); err != nil {
				t.Fatal(err)
			}
			if what, _ := h.told(own); !slices.Equal(what, []string{"request_comment ", "request_comment resolved"}) {
				t.Error(what)
			}
		})
		t.Run("an internal note, and whom it is given to, are told to nobody", func(t *testing.T) {
			if err := h.jot(h.staff, own, "secretnote"); err != nil {
				t.Fatal(err)
			}
			officer := h.member(h.staff.Workspace, "officer")
			if err := h.assign(h.staff, own, officer.Login); err != nil {
				t.Fatal(err)
			}
			if what, _ := h.told(own); len(what) != 0 {
				t.Error(what)
			}
		})
		t.Run("another state is told by itself", func(t *testing.T) {
			if err := h.move(h.staff, own, request.Closed); err != nil {
				t.Fatal(err)
			}
			if what, _ := h.told(own); !slices.Equal(what, []string{"request_state closed"}) {
				t.Error(what)
			}
		})
		t.Run("whose it becomes is told", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Relate(ctx, tx, h.staff, own.ID, lea.ID, false)
			})
			if what, to := h.told(own); !slices.Equal(what, []string{"request_watching "}) || !slices.Equal(to[0], []id.Contact{lea.ID}) {
				t.Error(what, to)
			}
		})
	})
}
