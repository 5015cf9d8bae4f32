package live

import (
	"errors"
	"io"
	"time"

	"github.com/gorilla/websocket"
)

// What a client may send (RELIABILITY 3.2). It has nothing to say.
const (
	chattiness  = 20 // messages, pings and pongs a second
	messageTime = 5 * time.Second
)

// hears reads what the client says to its end, and says whether it may be followed by others. The library skips pieces that hold nothing, as
// many as come, and tells nobody: so there is a time for them.
//
//go:noinline
func (c *conn) hears() bool {
	if c.chatters() {
		return false
	}
	c.ws.SetReadDeadline(time.Now().Add(messageTime)) //nolint:errcheck // always nil
	_, err := io.Copy(io.Discard, c.says)
	c.ws.SetReadDeadline(time.Time{}) //nolint:errcheck // always nil
	return err == nil
}

var errChatters = errors.New("the client sends too much")

// bear counts what the client sent besides messages, and is an error where that is too much.
func (c *conn) bear() error {
	if c.chatters() {
		return errChatters
	}
	return nil
}

// answer answers a ping. An error in writing is for who reads next.
func (c *conn) answer(said string) error {
	if err := c.bear(); err != nil {
		return err
	}
	c.ws.WriteControl(websocket.PongMessage, []byte(said), time.Now().Add(goodbyeTime)) //nolint:errcheck // see above
	return nil
}

// chatters counts a message, ping or pong, and says whether there were too many within a second.
//
//go:noinline
func (c *conn) chatters() bool {
	if c.words++; c.words <= chattiness {
		return false
	}
	now := time.Now().UnixMilli()
	if now-c.since < 1000 {
		return true
	}
	c.words, c.since = 0, now
	return false
}
