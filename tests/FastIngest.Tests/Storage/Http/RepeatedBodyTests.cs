using System.Text;
using FastIngest.Delivery;
using FastIngest.Storage.Http;

namespace FastIngest.Tests.Storage.Http;

/// <summary>A body that is the same as the one before is not parsed again; its outcome must not differ from that of a reader which has seen nothing.</summary>
public sealed class RepeatedBodyTests
{
    private static readonly string[] Bodies =
    [
        "", "OK", "error", "{}", """{"status": "ok"}""", """{"status": "ok"} """, """{"status": "ok"}{"status": "error"}""", """{"status": "error"}""",
        """{"status": "what"}""", """{"status": """, """{"errors": [{"message": "no such type"}]}""", "<html>", """{"status": "ok", "x": """ + "\"" + new string('x', 300) + "\"}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(4096)]
    public async Task The_outcome_of_a_body_does_not_depend_on_the_bodies_before_it(int pieceBytes)
    {
        foreach (Func<IResponseParser> create in (Func<IResponseParser>[])[() => new OutcomeParser(), () => new SuccessRuleParser([SuccessRule.TryParse("status=ok")!])])
        {
            ResponseBodyReader reader = new();
            IResponseParser parser = create();
            foreach (string body in Bodies.SelectMany(first => Bodies.SelectMany(second => (string[])[first, second, second, first])))
            {
                ResponseBodyReader fresh = new();
                IResponseParser freshParser = create();
                string? expected = await fresh.ReadAsync(Pieces(body, pieceBytes), freshParser, CancellationToken.None);
                Assert.Equal(expected, await reader.ReadAsync(Pieces(body, pieceBytes), parser, CancellationToken.None));
                Assert.Equal((freshParser.Kind, freshParser.Error, fresh.Text, fresh.IsHtml), (parser.Kind, parser.Error, reader.Text, reader.IsHtml));
            }
        }
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_not_taken_for_the_last_one()
    {
        ResponseBodyReader reader = new();
        OutcomeParser parser = new();
        await reader.ReadAsync(Pieces("""{"status": "ok"}""", 4096), parser, CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(() => reader.ReadAsync(new PieceStream("""{"status": "error"}"""u8.ToArray(), 4096, breaksOff: true), parser, CancellationToken.None).AsTask());
        await reader.ReadAsync(Pieces("""{"status": "ok"}""", 4096), parser, CancellationToken.None);
        Assert.Equal(ResponseKind.Ok, parser.Kind);
        await reader.ReadAsync(Pieces("""{"status": "error"}""", 4096), parser, CancellationToken.None);
        Assert.NotEqual(ResponseKind.Ok, parser.Kind);
    }

    private static PieceStream Pieces(string body, int pieceBytes) => new(Encoding.UTF8.GetBytes(body), pieceBytes, breaksOff: false);

    /// <summary>Returns a few bytes with each read, as a network does.</summary>
    private sealed class PieceStream(byte[] bytes, int pieceBytes, bool breaksOff) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            breaksOff && Position == Length ? ValueTask.FromException<int>(new IOException("The connection broke.")) : base.ReadAsync(buffer[..Math.Min(pieceBytes, buffer.Length)], cancellationToken);
    }
}
