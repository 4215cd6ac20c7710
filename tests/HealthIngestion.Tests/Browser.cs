using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HealthIngestion.Tests;

/// <summary>
/// A page in Chromium, driven by the DevTools protocol. It has a profile of its own, and nothing may be requested but the file that
/// is opened. Without Chromium the test is skipped on a developer's machine and fails in CI.
/// </summary>
public sealed class Browser : IDisposable
{
    private const int LimitMs = 90_000;

    private readonly string _profile = Directory.CreateTempSubdirectory("fastingest-chromium-").FullName;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(LimitMs);
    private int _calls;

    private Browser(string program)
    {
        ProcessStartInfo info = new(
            program,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", $"--user-data-dir={_profile}", "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(info)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>The addresses that the page requested.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Errors of the page: exceptions, and messages of the console such as those about the policy.</summary>
    public List<string> Errors { get; } = [];

    public static Browser Start()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        string? program = folders.SelectMany(d => (string[])[Path.Combine(d, "chromium"), Path.Combine(d, "google-chrome")]).FirstOrDefault(File.Exists);
        const string Missing = "needs a browser (Debian: chromium)";
        Assert.SkipWhen(program is null && Environment.GetEnvironmentVariable("CI") != "true", Missing);
        Assert.True(program is not null, Missing);
        Browser browser = new(program);
        try
        {
            browser.Connect();
            return browser;
        }
        catch
        {
            browser.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file, and waits until the report in it is drawn.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="fragment">What follows the path, such as <c>#person=u1</c>.</param>
    public void Open(string path, string fragment = "")
    {
        // Another fragment alone would not load the page again.
        Call("Page.navigate", new() { ["url"] = "about:blank" });
        Requests.Clear();
        Call("Page.navigate", new() { ["url"] = new Uri(path).AbsoluteUri + fragment });
        WaitFor("document.documentElement && document.documentElement.dataset.ready && document.querySelector('main h1, main .state.bad')");
        Settle();
    }

    /// <summary>Waits for two frames, so that what depends on the size of the page is drawn.</summary>
    public void Settle() => Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 50))))");

    public void WaitFor(string condition)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (Evaluate($"Boolean({condition})").ValueKind != JsonValueKind.True)
        {
            Assert.True(time.ElapsedMilliseconds < LimitMs / 2, $"{condition} never held: {string.Join("; ", Errors)}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Evaluates an expression, or waits for the promise that it is, and returns its value.</summary>
    public JsonElement Evaluate(string expression)
    {
        JsonElement result = Call("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.False(result.TryGetProperty("exceptionDetails", out JsonElement exception), exception.ToString());
        return result.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    public string[] Texts(string selector) =>
        [.. Evaluate($"[...document.querySelectorAll({JsonSerializer.Serialize(selector)})].map(e => e.textContent)").EnumerateArray().Select(t => t.GetString()!)];

    public int Count(string selector) => Evaluate($"document.querySelectorAll({JsonSerializer.Serialize(selector)}).length").GetInt32();

    public void SetSize(int width, int height) =>
        Call("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500 });

    public void SetTheme(string theme) =>
        Call("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = theme }) });

    public void Press(string key)
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            Call("Input.dispatchKeyEvent", new() { ["type"] = type, ["key"] = key, ["code"] = key });
        }
    }

    public byte[] Screenshot() => Convert.FromBase64String(Call("Page.captureScreenshot", new() { ["format"] = "png" }).GetProperty("data").GetString()!);

    public void Dispose()
    {
        _socket.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5_000);
        }

        _process.Dispose();
        _limit.Dispose();
        for (int i = 0; i < 50; i++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                // A process of the browser still writes.
                Thread.Sleep(100);
            }
        }
    }

    private void Connect()
    {
        string portFile = Path.Combine(_profile, "DevToolsActivePort");
        Stopwatch time = Stopwatch.StartNew();
        string[] lines = [];
        while (lines.Length < 2)
        {
            Assert.False(_process.HasExited, "the browser did not start");
            Assert.True(time.ElapsedMilliseconds < LimitMs / 2, "the browser did not start in time");
            Thread.Sleep(20);
            lines = File.Exists(portFile) ? File.ReadAllLines(portFile) : [];
        }

        using HttpClient http = new();
        string targets = http.GetStringAsync(new Uri($"http://127.0.0.1:{lines[0]}/json/list")).Result;
        string address = JsonDocument.Parse(targets).RootElement.EnumerateArray().First(t => t.GetProperty("type").GetString() == "page").GetProperty("webSocketDebuggerUrl").GetString()!;
        _socket.ConnectAsync(new Uri(address), _limit.Token).Wait();
        foreach (string domain in (string[])["Page", "Runtime", "Network", "Log"])
        {
            Call($"{domain}.enable", []);
        }
    }

    private JsonElement Call(string method, JsonObject parameters)
    {
        int id = ++_calls;
        string message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString();
        _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, _limit.Token).Wait();
        while (true)
        {
            JsonElement received = Receive();
            if (received.TryGetProperty("id", out JsonElement answered) && answered.GetInt32() == id)
            {
                Assert.False(received.TryGetProperty("error", out JsonElement error), $"{method}: {error}");
                return received.GetProperty("result");
            }

            Note(received);
        }
    }

    private JsonElement Receive()
    {
        using MemoryStream message = new();
        byte[] buffer = new byte[64 << 10];
        ValueWebSocketReceiveResult part;
        do
        {
            part = _socket.ReceiveAsync(buffer.AsMemory(), _limit.Token).AsTask().Result;
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(message.ToArray()).RootElement;
    }

    private void Note(JsonElement happened)
    {
        if (!happened.TryGetProperty("method", out JsonElement method))
        {
            return;
        }

        JsonElement what = happened.GetProperty("params");
        switch (method.GetString())
        {
            case "Network.requestWillBeSent":
                Requests.Add(what.GetProperty("request").GetProperty("url").GetString()!);
                break;
            case "Runtime.exceptionThrown" or "Page.javascriptDialogOpening":
                Errors.Add(what.ToString());
                break;
            case "Runtime.consoleAPICalled" when what.GetProperty("type").GetString() is "error" or "warning" or "assert":
                Errors.Add(what.ToString());
                break;
            case "Log.entryAdded" when what.GetProperty("entry").GetProperty("level").GetString() is "error" or "warning":
                Errors.Add(what.ToString());
                break;
        }
    }
}
