package main

import (
	"context"
	"errors"
)

type demoCommand struct {
	listening
}

func (c *demoCommand) Run(context.Context, streams) error { return errors.New("x") }
