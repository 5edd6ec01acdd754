package portal

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/web"
	"github.com/entregent/entregent/internal/web/ui"
)

// heard is the list behind the bell.
type heard struct {
	r    *web.Request
	part paging.Part[notice.Notice]
	n    int       // not read yet
	last id.Notice // the latest there was: what comes after it stays unread
}

// noticesPart is the id of the element that follows the paging.
const noticesPart = "notices"

func (o Options) listNotices(r *web.Request) error {
	v := heard{r: r}
	err := r.View(func(tx *sqldb.Tx) (err error) {
		if v.part, err = o.Notices.Find(r.Context(), tx, r.By, r.Asked(web.DefaultSize)); err != nil {
			return err
		}
		if v.last, err = notice.Newest(r.Context(), tx, r.By); err != nil {
			return err
		}
		v.n, _, err = o.Notices.Unread(r.Context(), tx, r.By)
		return err
	})
	if err != nil {
		return err
	}
	if r.Fragment() == noticesPart {
		return r.Render(http.StatusOK, v.list())
	}
	return r.Render(http.StatusOK, v.page())
}

// none says why the list is empty.
func (v heard) none() string {
	if v.part.Total > 0 {
		return v.r.P.Text("web.beyond")
	}
	return v.r.P.Text("portal.notices.none")
}

func (v heard) pager() ui.Paging {
	return web.Pager(v.r, v.part, v.r.P.Text("portal.notices.pages"), noticesPart, func(page int) string { return v.r.With("page", strconv.Itoa(page)) })
}

// act is the name of a button about one notice.
func (v heard) act(key string, n notice.Notice) string {
	return v.r.P.Text("portal.notices.about", "Act", v.r.P.Text(key), "Text", n.Text(v.r.P))
}

func (v heard) url(n notice.Notice, below string) string {
	return v.r.Portal("/notifications/" + n.ID.String() + below)
}

// openNotice marks the notice as read and leads to what it is about.
func (o Options) openNotice(r *web.Request) error {
	return o.onNotice(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		n, err := o.Notices.Open(r.Context(), tx, r.By, of)
		if n.Outside {
			return n.Path, err
		}
		return r.Portal(n.Path), err
	})
}

func (o Options) readNotice(r *web.Request) error {
	return o.onNotice(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		_, err := o.Notices.Open(r.Context(), tx, r.By, of)
		return r.Portal("/notifications"), err
	})
}

func (o Options) removeNotice(r *web.Request) error {
	return o.onNotice(r, func(tx *sqldb.Tx, of id.Notice) (string, error) {
		return r.Portal("/notifications"), notice.Remove(r.Context(), tx, r.By, of)
	}, "portal.notices.removed")
}

// onNotice does something with the notice of the address, says so, and leads on to where act says.
func (o Options) onNotice(r *web.Request, act func(tx *sqldb.Tx, of id.Notice) (string, error), said ...string) error {
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

func readNotices(r *web.Request) error {
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
func (o Options) bell(r *web.Request) (b web.Bell, err error) {
	if !r.By.May(actor.SeeOwnNotices) {
		return b, nil
	}
	b.URL, b.Settings = r.Portal("/notifications"), r.Portal("/preferences")
	err = r.View(func(tx *sqldb.Tx) (err error) {
		b.N, b.More, err = o.Notices.Unread(r.Context(), tx, r.By)
		return err
	})
	return b, err
}

// streamNotices keeps the bell of an open page up to date.
func (o Options) streamNotices(r *web.Request) error {
	changed, stop := o.Hub.Listen(r.By.Contact)
	defer stop()
	return r.Stream(changed, func(now *web.Request) (string, error) {
		b, err := o.bell(now)
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

// unreadNotices are, on « Accueil », what the bell has.
func (o Options) unreadNotices(r *web.Request, tx *sqldb.Tx, _ contact.Contact) ([]card, error) {
	n, more, err := o.Notices.Unread(r.Context(), tx, r.By)
	if err != nil || n == 0 {
		return nil, err
	}
	return []card{{n: n, more: more, what: r.P.Count("portal.home.todo.notices", n), url: r.Portal("/notifications")}}, nil
}
