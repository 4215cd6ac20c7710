using FastIngest.Dialects.Contract;
using FastIngest.Health;

namespace FastIngest.Tests.Pipeline;

public sealed class RejectListTests
{
    [Fact]
    public void Added_rejects_are_returned_in_order_also_after_clearing()
    {
        RejectList list = new();
        for (int round = 0; round < 2; round++)
        {
            Random random = new(round);
            List<Reject> expected = [];
            long offset = round * (1L << 40);
            for (int i = 0; i < 20_000; i++)
            {
                offset += random.Next(3) == 0 ? random.NextInt64(1L << random.Next(40)) : 1;
                long length = random.NextInt64(1L << random.Next(1, 40));
                expected.Add(new Reject(offset, length, (RejectReason)random.Next(RejectReasons.Count)));
                offset += length;
            }

            expected.ForEach(list.Add);

            List<Reject> actual = [];
            foreach (Reject reject in list)
            {
                actual.Add(reject);
            }

            Assert.Equal(expected, actual);
            list.Clear();
            foreach (Reject reject in list)
            {
                Assert.Fail($"{reject} is left");
            }
        }
    }
}
