package app

import (
	"bytes"
	"context"
	"errors"
	"time"

	calendar "github.com/entregent/entregent/internal/day"
	"github.com/entregent/entregent/internal/document"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sample"
	"github.com/entregent/entregent/internal/sqldb"
)

// demoDocument is a document of one of the organisations that the pictures show.
type demoDocument struct {
	organization string // its name
	filed        int    // days ago
	title        string
	kind         document.Kind
	visibility   document.Visibility
	note         string
	again        int // days ago, when it got a second version; 0 = never
}

// tellDocuments plans the host's documents, the oldest first, so that the numbers rise.
func (c *chronicle) tellDocuments(h demoHost, of map[string]*known) {
	for n, d := range h.documents {
		var made []document.Document
		c.ago(time.Duration(d.filed)*day, func(ctx context.Context, tx *sqldb.Tx) error {
			in := document.Input{
				Title: d.title, Kind: string(d.kind), DatedOn: string(calendar.Of(c.clock.In(c.host.Zone()))), Visibility: string(d.visibility), Note: d.note, NoHealthData: true,
			}
			return c.receive(ctx, d, "", func(files []file.Received) (err error) {
				made, err = document.Create(ctx, tx, c.somebody(n), of[d.organization].organization, in, files)
				return err
			})
		})
		if d.again == 0 {
			continue
		}
		c.ago(time.Duration(d.again)*day, func(ctx context.Context, tx *sqldb.Tx) error {
			return c.receive(ctx, d, "Version du "+c.clock.In(c.host.Zone()).Format("02/01/2006"), func(files []file.Received) error {
				_, err := document.AddVersion(ctx, tx, c.somebody(n+1), made[0].ID, document.Input{NoHealthData: true}, files)
				return err
			})
		})
	}
}

// receive makes the document's PDF, with a line more, and drops it when nobody takes it.
func (c *chronicle) receive(ctx context.Context, d demoDocument, more string, take func([]file.Received) error) error {
	pdf, err := c.files.Receive(ctx, bytes.NewReader(sample.PDF(c.host.Name, "", d.title, "", d.organization, more)), d.title+".pdf")
	if err != nil {
		return err
	}
	if err := take([]file.Received{pdf}); err != nil {
		return errors.Join(err, c.files.Drop(pdf))
	}
	return nil
}
