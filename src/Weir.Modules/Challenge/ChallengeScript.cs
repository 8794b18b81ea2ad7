using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.Challenge;

/// <summary>
/// The page's script. 1 it asks for a puzzle at the page's own address  2 it tries numbers, in a worker where it may, else a little at
/// a time  3 it shows the answer at the same address, which brings the pass as a cookie that no script can read  4 it loads the page
/// anew. No address is built of anything, so that there is none to be led astray by.
/// </summary>
internal static class ChallengeScript
{
    /// <summary>The script; browsers run it because the page's policy names its hash.</summary>
    public const string Text = """

        (() => {
        'use strict';
        const bits = document.currentScript.dataset.bits;
        const field = 'Weir-Challenge';
        let status, bar, again;

        function tell(key, text) {
          if (status) status.textContent = status.dataset[key] || text;
        }

        function fail(key, text) {
          tell(key, text);
          if (bar) bar.hidden = true;
          if (again) { again.hidden = false; again.onclick = () => location.reload(); }
        }

        // SHA-256 of one block: "PUZZLE:NUMBER". What it returns tries so many numbers, and gives the one that fits, or -1.
        function search(puzzle, bits) {
          const K = new Int32Array(64), H = new Int32Array(8), W = new Int32Array(64), octets = new Uint8Array(64);
          const view = new DataView(octets.buffer);
          for (let p = 2, n = 0; n < 64; p++) {
            let prime = true;
            for (let f = 2; f * f <= p && prime; f++) prime = p % f > 0;
            if (!prime) continue;
            if (n < 8) H[n] = Math.sqrt(p) % 1 * 4294967296;
            K[n++] = Math.cbrt(p) % 1 * 4294967296;
          }
          for (let i = 0; i < puzzle.length; i++) octets[i] = puzzle.charCodeAt(i);
          let number = 0;
          return tries => {
            for (; tries-- > 0; number++) {
              const text = ':' + number;
              let end = puzzle.length;
              for (let i = 0; i < text.length; i++) octets[end++] = text.charCodeAt(i);
              octets[end] = 128;
              octets.fill(0, end + 1);
              view.setUint16(62, end * 8);
              let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
              for (let i = 0; i < 64; i++) {
                if (i < 16) W[i] = view.getInt32(i * 4);
                else {
                  const x = W[i - 15], y = W[i - 2];
                  W[i] = W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
                    + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
                }
                const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
                const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
                h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
              }
              if ((H[0] + a | 0) >>> 32 - bits === 0) return number;
            }
            return -1;
          };
        }

        // How likely it is that so many tries were enough: it only grows, and never stands still for long.
        function show(tries, bits) {
          if (bar) bar.value = 1 - Math.exp(-tries / 2 ** bits);
        }

        function solve(puzzle, bits) {
          const piece = 20000;
          const here = done => {
            const next = search(puzzle, bits);
            let tries = 0;
            const step = () => {
              const found = next(piece / 4);
              if (found >= 0) return done(found);
              show(tries += piece / 4, bits);
              setTimeout(step);
            };
            step();
          };
          return new Promise(done => {
            let worker;
            try {
              const code = `${search};onmessage = e => { const next = search(...e.data); let found; `
                + `do { found = next(${piece}); postMessage(found); } while (found < 0); }`;
              worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
            } catch {
              return here(done);
            }
            let tries = 0;
            worker.onmessage = e => {
              if (e.data < 0) return show(tries += piece, bits);
              worker.terminate();
              done(e.data);
            };
            worker.onerror = e => { e.preventDefault(); worker.terminate(); here(done); };
            worker.postMessage([puzzle, bits]);
          });
        }

        function ask(value) {
          return fetch(location.href, { headers: { [field]: value }, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
        }

        // A browser that forgets its cookies would load the page again and again.
        function isLooping() {
          try {
            const now = Date.now();
            const times = JSON.parse(sessionStorage.getItem(field) || '[]').filter(time => now - time < 60000);
            times.push(now);
            sessionStorage.setItem(field, JSON.stringify(times));
            return times.length > 5;
          } catch {
            return false;
          }
        }

        async function run() {
          status = document.getElementById('challenge-status');
          bar = document.getElementById('challenge-progress');
          again = document.getElementById('challenge-again');
          if (!navigator.cookieEnabled) return fail('cookies', 'Please allow cookies for this site, then try again.');
          if (isLooping()) return fail('failed', 'The check does not come to an end. Please try again later.');
          tell('working', 'Your browser is being checked. This takes a few seconds.');
          if (bar) bar.hidden = false;
          const given = await ask(bits);
          const puzzle = given.headers.get(field);
          if (!puzzle) {
            if (given.ok) return location.reload();
            throw given.status;
          }
          const [stamp, work] = puzzle.split(';');
          const found = await solve(stamp, +work);
          const passed = await ask(`${stamp}:${found}`);
          if (passed.status !== 204) throw passed.status;
          if (bar) bar.value = 1;
          tell('done', 'Done. The page is being loaded.');
          location.reload();
        }

        const start = () => run().catch(() => fail('failed', 'The check has failed. Please try again.'));
        if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
        else start();
        })();

        """;

    /// <summary>The script's hash, as a policy names it (CSP Level 3 section 2.3.1).</summary>
    public static string Hash { get; } =
        "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n")))) + "'";
}
