// Sending over a bad network. The form works without; here a failed send keeps the answers and
// tries again, and as every copy carries the same sheet, the server counts one.
(function () {
  var form = document.querySelector("form[data-failed]");
  var said = document.getElementById("said");
  if (!form || !said || !window.XMLHttpRequest) return;
  var button = form.querySelector(".bar button"), words = button.textContent;
  var place = "hai-long" + location.pathname, sending = false, current = null;

  function say(text, retry) {
    said.textContent = text;
    button.textContent = retry || words;
  }

  // Storage may be off, full or throwing: then the page alone keeps the answers.
  function kept() {
    try { return (localStorage.getItem(place) || "").split("\n").filter(Boolean); }
    catch (error) { return []; }
  }
  function keep(sheet, wanted) {
    var others = kept().filter(function (one) { return one !== sheet; });
    try {
      if (wanted) others.push(sheet);
      if (others.length) localStorage.setItem(place, others.join("\n"));
      else localStorage.removeItem(place);
    } catch (error) { return; }
  }

  function chosen() {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && (field.type !== "radio" || field.checked);
    }).map(function (field) {
      return encodeURIComponent(field.name) + "=" + encodeURIComponent(field.value);
    });
  }

  function post(sheet, done) {
    var request = new XMLHttpRequest();
    request.open("POST", location.pathname + location.search);
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setRequestHeader("Accept", "text/plain");
    request.timeout = 15000;
    // A Wi-Fi that wants a sign-in and a filter on the way answer too: with whatever status, not
    // for the server.
    request.onloadend = function () {
      done(request.getResponseHeader("Hai-Long") ? request.status : 0, request.responseText);
    };
    request.send(sheet);
  }

  // `arrived` is called with the thank-you's address, or without when the server says no.
  function deliver(sheet, failed, arrived) {
    var seconds = 2, timer, busy = false, over = false;
    function end() {
      over = true;
      clearTimeout(timer);
      keep(sheet, false);
      window.removeEventListener("online", attempt);
    }
    function attempt() {
      clearTimeout(timer);
      if (busy || over) return;
      busy = true;
      post(sheet, function (status, text) {
        busy = false;
        if (over) return;
        if (status === 200 && /^\/p\/\S+$/.test(text)) { end(); return arrived(text); }
        if (status >= 400 && status < 500) { end(); return arrived(); }
        failed();
        timer = setTimeout(attempt, seconds * 1000);
        seconds = Math.min(seconds * 2, 60);
      });
    }
    window.addEventListener("online", attempt);
    keep(sheet, true);
    attempt();
    return end;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (sending) return;
    if (current) current();
    sending = true;
    say(form.getAttribute("data-sending"));
    current = deliver(chosen().join("&"), function () {
      sending = false;
      say(form.getAttribute("data-failed"), form.getAttribute("data-again"));
    }, function (address) {
      if (address) location.assign(address);
      else form.submit();
    });
  });

  // What an earlier visit could not send. Its choices are not shown: another person may be here.
  kept().forEach(function (sheet) {
    deliver(sheet, function () {}, function (address) {
      if (address && !sending) say(form.getAttribute("data-sent"));
    });
  });

  // The links for size and contrast open the page anew: choices travel behind the #, unsent. Not
  // those that wait to be sent: the next page does that, and they would be sent twice.
  Array.prototype.forEach.call(document.querySelectorAll("nav a"), function (link) {
    link.addEventListener("click", function () {
      if (!current) link.hash = chosen().filter(function (pair) { return !/^(sheet|again)=/.test(pair); }).join("&");
    });
  });
  location.hash.slice(1).split("&").forEach(function (pair) {
    var parts = pair.split("="), field = parts[1] && form.elements[parts[0]];
    if (field && field.length) field.value = parts[1];
  });
  if (location.hash && history.replaceState) {
    history.replaceState(null, "", location.pathname + location.search);
  }

  // One plain button instead of a player; two voices are never heard at once.
  var players = document.querySelectorAll("audio");
  Array.prototype.forEach.call(players, function (audio) {
    var listen = document.createElement("button");
    function show() { listen.setAttribute("aria-pressed", String(!audio.paused)); }
    listen.type = "button";
    listen.textContent = audio.getAttribute("aria-label");
    listen.addEventListener("click", function () {
      var starts = audio.paused;
      Array.prototype.forEach.call(players, function (other) { other.pause(); });
      if (!starts) return;
      var begun = audio.play();
      if (begun) begun["catch"](show);
    });
    audio.addEventListener("play", show);
    audio.addEventListener("pause", show);
    // What cannot be played is left to the browser's own player, which says why.
    audio.addEventListener("error", function () {
      audio.hidden = false;
      listen.hidden = true;
    });
    audio.hidden = true;
    show();
    audio.parentNode.insertBefore(listen, audio);
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted && sending) location.reload();
  });
  var problem = document.querySelector("[role=alert]");
  if (problem) problem.focus();
})();
