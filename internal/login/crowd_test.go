package login_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestCrowd(t *testing.T) {
	each(t, func(h house) {
		h.rule("a crowd that waits to be counted, of one client address, leaves connections to who reads pages", func(h house) {
			stranger := func(i int) login.Credentials {
				return login.Credentials{Email: fmt.Sprintf("nobody.%d@brenval.example", i), Password: bad, Address: "203.0.113.9"}
			}
			h.want(h.try(stranger(0)), "invalid login.wrong") // from now on the address has its row
			var crowd sync.WaitGroup
			held, over := make(chan struct{}), make(chan struct{})
			crowd.Go(func() {
				err := h.db.Update(h.Context(), func(tx *sqldb.Tx) error {
					if _, err := tx.Exec(h.Context(), `UPDATE throttle SET n = n`); err != nil {
						return err
					}
					close(held)
					<-over
					return nil
				})
				if err != nil {
					h.Error(err)
				}
			})
			<-held
			var came sync.WaitGroup
			came.Add(30)
			for i := range 30 {
				crowd.Go(func() {
					came.Done()
					h.want(h.try(stranger(i+1)), "invalid login.wrong")
				})
			}
			came.Wait()
			ctx, cancel := context.WithTimeout(h.Context(), 30*time.Second)
			defer cancel()
			for range 200 {
				if err := h.db.View(ctx, func(tx *sqldb.Tx) error { _, err := sqldb.Total(ctx, tx, 1, "organizations"); return err }); err != nil {
					h.Error(err)
					break
				}
			}
			close(over)
			crowd.Wait()
		})
	})
}
