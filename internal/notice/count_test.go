package notice_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// TestCountsWhatIsSeen: a bell says how much there is of what its owner may see, whatever else was told before.
func TestCountsWhatIsSeen(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization()
		dora := h.person(org, "Dora", contact.User)
		subjects := make([]id.UUID, 130)
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			for i := range subjects {
				subjects[i] = id.NewContact().UUID
				err := notice.Tell(ctx, tx, h.staff, notice.Event{
					Kind: notice.RequestComment, Subject: journal.Subject{Kind: "request", ID: subjects[i]}, Organization: org.ID, To: []id.Contact{dora.ID}, BellOnly: true,
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		h.run()
		heard := h.bell(dora)
		part := func(page int) (part paging.Part[notice.Notice]) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				part, err = h.desk.Find(ctx, tx, h.as(dora), paging.Ask{Page: page, Size: 48})
				return err
			})
			return part
		}
		t.Run("all that may be seen counts", func(t *testing.T) {
			if p := part(3); p.Total != 130 || len(p.Items) != 130-96 || h.unread(dora) != notice.MostCounted {
				t.Error(p.Total, len(p.Items), h.unread(dora), len(heard))
			}
		})
		all := append(part(1).Items, append(part(2).Items, part(3).Items...)...)
		for _, n := range all[:110] { // the latest of them
			h.unseen[n.Subject.ID] = true
		}
		t.Run("what may not be seen any more counts neither in the list nor in the figure, and hides nothing behind it", func(t *testing.T) {
			if p := part(1); p.Total != 20 || len(p.Items) != 20 || h.unread(dora) != 20 {
				t.Error(p.Total, len(p.Items), h.unread(dora))
			}
		})
		t.Run("what is read is none of the figure", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return notice.ReadAll(ctx, tx, h.as(dora), id.Notice{}) })
			if p := part(1); p.Total != 20 || h.unread(dora) != 0 {
				t.Error(p.Total, h.unread(dora))
			}
		})
	})
}
