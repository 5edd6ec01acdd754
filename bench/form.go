package main

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

var (
	tags       = regexp.MustCompile(`(?s)<(/?)(form|input|select|option|textarea)\b([^>]*)>([^<]*)`)
	attributes = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
)

// form reads, from a page of the product's own, what a browser would post from the form with that action, its query apart.
// It knows just enough of HTML for pages that escape as templ does.
func form(page []byte, action string) (url.Values, bool) {
	values, inside, list := url.Values{}, false, ""
	for _, m := range tags.FindAllSubmatch(page, -1) {
		closing, tag, at := len(m[1]) > 0, string(m[2]), attributesOf(string(m[3]))
		switch {
		case tag == "form" && inside:
			return values, true
		case tag == "form":
			inside = !closing && withoutQuery(at["action"]) == action
		case !inside || closing:
		case tag == "input":
			addInput(values, at)
		case tag == "textarea":
			values.Add(at["name"], strings.TrimPrefix(html.UnescapeString(string(m[4])), "\n"))
		case tag == "select":
			list = at["name"]
		case tag == "option":
			if _, chosen := at["selected"]; chosen || !values.Has(list) {
				values.Set(list, at["value"])
			}
		}
	}
	return nil, false
}

func addInput(values url.Values, at map[string]string) {
	if at["name"] == "" {
		return
	}
	switch at["type"] {
	case "submit", "button", "file":
	case "checkbox", "radio":
		if _, checked := at["checked"]; checked {
			values.Add(at["name"], at["value"])
		}
	default:
		values.Add(at["name"], at["value"])
	}
}

func attributesOf(text string) map[string]string {
	at := map[string]string{}
	for _, m := range attributes.FindAllStringSubmatch(text, -1) {
		at[m[1]] = html.UnescapeString(m[2])
	}
	return at
}

func withoutQuery(address string) string {
	path, _, _ := strings.Cut(address, "?")
	return path
}
