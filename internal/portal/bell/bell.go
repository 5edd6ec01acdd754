// Package bell is a face of the portal, « Notifications »: what a person is told, behind the bell of every page, and the bell's count,
// which an open page keeps up to date. What people wish to be told is the portal's.
//
// It turns requests into notice's verbs and their answers into pages, and holds no rule of the business and no SQL.
package bell

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/member"
	"github.com/entregent/entregent/internal/web/ui"
)

// face is what the pages need besides a request.
type face struct {
	notices *notice.Desk
	hub     *notice.Hub
}

// Mount gives the site the face's routes, and its bell. The desk knows what people are told of, the hub wakes open pages.
func Mount(site *web.Site, desk *notice.Desk, hub *notice.Hub) {
	f := face{desk, hub}
	site.Mount(f.routes()...)
	site.Bell = f.bell
}

// routes is the face's whole surface: where, who may, what answers.
func (f face) routes() []web.Route {
	stream := member.At("GET /notifications/stream", actor.SeeOwnNotices, f.stream)
	stream.Stream = true
	return []web.Route{
		member.At("GET /notifications", actor.SeeOwnNotices, f.list),
		member.At("POST /notifications/reading", actor.SeeOwnNotices, readAll),
		member.At("POST /notifications/{notice}/opening", actor.SeeOwnNotices, f.open),
		member.At("POST /notifications/{notice}/reading", actor.SeeOwnNotices, f.read),
		member.At("POST /notifications/{notice}/removal", actor.SeeOwnNotices, f.remove),
		stream,
	}
}

// heard is the list behind the bell.
type heard struct {
	r       *web.Request
	notices paging.Part[notice.Notice]
	n       int       // not read yet
	last    id.Notice // the latest there was: what comes after it stays unread
}

// part is the id of the element that follows the paging.
const part = "notices"

func (f face) list(r *web.Request) error {
	v := heard{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.notices, err = f.notices.Find(r.Context(), tx, r.By, r.Asked(web.DefaultSize)); err != nil {
			return err
		}
		if v.last, err = notice.Newest(r.Context(), tx, r.By); err != nil {
			return err
		}
		v.n, _, err = f.notices.Unread(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	if r.Fragment() == part {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

// none says why the list is empty.
func (v heard) none() string {
	if v.notices.Total > 0 {
		return v.r.P.Text("web.beyond")
	}
	return v.r.P.Text("portal.notices.none")
}

func (v heard) pager() ui.Paging {
	return web.Pager(v.r, v.notices, v.r.P.Text("portal.notices.pages"), part, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// act is the name of a button about one notice.
func (v heard) act(key string, n notice.Notice) string {
	return v.r.P.Text("portal.notices.about", "Act", v.r.P.Text(key), "Text", n.Text(v.r.P))
}

func (v heard) url(n notice.Notice, below string) string {
	return v.r.Portal("/notifications/" + n.ID.String() + below)
}

// open marks the notice as read and leads to what it is about.
func (f face) open(r *web.Request) error {
	return f.on(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		n, err := f.notices.Open(r.Context(), tx, r.By, of)
		if n.Outside {
			return n.Path, err
		}
		return r.Portal(n.Path), err
	})
}

func (f face) read(r *web.Request) error {
	return f.on(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		_, err := f.notices.Open(r.Context(), tx, r.By, of)
		return r.Portal("/notifications"), err
	})
}

func (f face) remove(r *web.Request) error {
	return f.on(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		return r.Portal("/notifications"), notice.Remove(r.Context(), tx, r.By, of)
	}, "portal.notices.removed")
}

// on does something with the notice of the address, says so, and leads on to where act says.
func (f face) on(r *web.Request, act func(tx *sqldb.Tx, of id.Notice) (string, error), said ...string) error {
	of, err := r.Notice("notice")
	if err != nil {
		return err
	}
	if _, err := r.ReadForm("notices"); err != nil {
		return err
	}
	var to string
	err = r.Update(func(tx *sqldb.Tx) (err error) {
		to, err = act(tx, of)
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range said {
		r.Toast(key)
	}
	return r.SeeOther(to)
}

func readAll(r *web.Request) error {
	form, err := r.ReadForm("notices")
	if err != nil {
		return err
	}
	upTo := id.Notice{UUID: id.Read(form.Value("up_to"))}
	if err := r.Update(func(tx *sqldb.Tx) error { return notice.ReadAll(r.Context(), tx, r.By, upTo) }); err != nil {
		return err
	}
	r.Toast("portal.notices.all_read")
	return r.SeeOther(r.Portal("/notifications"))
}

// bell counts for the portal's bar.
func (f face) bell(r *web.Request) (b web.Bell, err error) {
	if !r.By.May(actor.SeeOwnNotices) {
		return b, nil
	}
	b.URL, b.Settings = r.Portal("/notifications"), r.Portal("/preferences")
	err = r.View(func(tx *sqldb.Tx) (err error) {
		b.N, b.More, err = f.notices.Unread(r.Context(), tx, r.By)
		return err
	})
	return b, err
}

// stream keeps the bell of an open page up to date.
func (f face) stream(r *web.Request) error {
	changed, stop := f.hub.Listen(r.By.Contact)
	defer stop()
	return r.Stream(changed, func(now *web.Request) (string, error) {
		b, err := f.bell(now)
		if err != nil {
			return "", err
		}
		line, err := json.Marshal(struct {
			N     int    `json:"n"`
			Shown string `json:"shown"`
			Label string `json:"label"`
		}{b.N, b.Shown(now.P), b.Label(now.P)})
		return string(line), err
	})
}
