package api

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
)

// cursor is a place in a list as callers carry it along; "" for the end, which is the zero place.
func cursor[M comparable](place M) string {
	var end M
	if place == end {
		return ""
	}
	b, _ := json.Marshal(place) // texts and numbers
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads a place that cursor gave; "" is the beginning.
func readCursor[M comparable](text string, place *M) error {
	if text == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || strict(b) != nil || json.Unmarshal(b, place) != nil || reflect.ValueOf(*place).IsZero() {
		return errCursor()
	}
	return nil
}
