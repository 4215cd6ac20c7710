using EmbeddingServer;

ServerOptions options;
try
{
    options = ServerOptions.Parse(args);
}
catch (FormatException fault)
{
    Console.Error.WriteLine($"embedding-server: {fault.Message}\n\n{ServerOptions.Usage}");
    return 2;
}

if (options.ShowsUsage)
{
    Console.WriteLine(ServerOptions.Usage);
    return 0;
}

SentenceModel model;
try
{
    model = SentenceModel.Open(options);
}
catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or Microsoft.ML.OnnxRuntime.OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException)
{
    Console.Error.WriteLine($"embedding-server: the model cannot be loaded: {fault.Message.ReplaceLineEndings(" ")}");
    return 1;
}

using (model)
{
    WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Listen(options.Listen);
    });
    WebApplication app = builder.Build();
    using EmbeddingEndpoint endpoint = new(model, options);
    app.MapGet("/health", endpoint.HealthAsync);
    app.MapPost("/v1/embeddings", endpoint.EmbedAsync);
    try
    {
        await app.StartAsync();
    }
    catch (IOException fault)
    {
        Console.Error.WriteLine($"embedding-server: {fault.Message}");
        return 1;
    }

    Console.Error.WriteLine($"embedding-server: {model.Name}, {model.Dimensions} numbers, on {string.Join(", ", app.Urls)} ({options.Device})");
    await app.WaitForShutdownAsync();
    return 0;
}
