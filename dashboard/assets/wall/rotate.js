/* Which view is shown: they take turns; a new alert jumps the queue and holds. */
(function (wall) {
  "use strict";
  /* `now` is the browser's steady time in seconds, which no clock can shift. */
  wall.makeRotation = function (order) {
    /* A screen that shows its programme alone hangs in the lobby: what must be done is not said there. */
    const isPublic = order.every((name) => name === "lobby");
    let view = order[0], until = null, known = [];

    function next(hasAlerts) {
      const turns = hasAlerts ? ["alert"].concat(order) : order;
      return turns[(turns.indexOf(view) + 1) % turns.length];
    }

    return {
      /* The view of the moment; `found` are the ids of what must be said. */
      at(now, times, found) {
        const alerts = isPublic ? [] : found;
        const isNews = alerts.some((id) => !known.includes(id)), isOver = view === "alert" && !alerts.length;
        known = alerts;
        if (isNews) {
          view = "alert";
          until = now + times.hold_seconds;
        } else if (until === null) {
          until = now + times.rotate_seconds;
        } else if (isOver || now >= until) {
          view = next(alerts.length > 0);
          until = now + times.rotate_seconds;
        }
        return view;
      },
      /* Somebody at a desk wants to read one: it stays as long as an alert would. */
      choose(name, now, times) {
        view = name;
        until = now + times.hold_seconds;
      },
    };
  };
})((window.PantauWall = window.PantauWall || {}));
