package web

import (
	"context"
	"net"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// Socket is http.Server.ConnContext for the local socket: whoever can open it is an operator, by the name of the user that
// the kernel says is at the other end.
func Socket(ctx context.Context, c net.Conn) context.Context {
	user := peerUser(c)
	return api.WithActor(ctx, data.Actor{Name: "socket:" + user, Role: data.Admin, Address: "local", Scope: "local:" + user})
}
